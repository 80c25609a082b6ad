// Bytes → commands, endpoints and limits.

#include "../netlink/generic.h"
#include "command.h"

namespace subflowd::mptcp {

using netlink::AttributeReader;

std::optional<Endpoint> decode_endpoint(netlink::Bytes nest) {
  Endpoint endpoint;
  AttributeReader reader(nest);
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case addr_attr::kId:
        endpoint.id = attribute->as<uint8_t>().value_or(0);
        break;
      case addr_attr::kAddr4:
      case addr_attr::kAddr6: {
        const auto at = from_bytes(attribute->value);
        if (!at) return std::nullopt;
        endpoint.at.family = at->family;
        endpoint.at.bytes = at->bytes;
        break;
      }
      case addr_attr::kPort:
        endpoint.at.port = attribute->as<uint16_t>().value_or(0);
        break;
      case addr_attr::kFlags:
        endpoint.flags = attribute->as<uint32_t>().value_or(0);
        break;
      case addr_attr::kIfIdx:
        endpoint.ifindex = attribute->as<int32_t>().value_or(0);
        break;
      default:
        break;
    }
  }
  if (reader.malformed()) return std::nullopt;
  return endpoint;
}

std::optional<Command> decode_command(const netlink::Message& message) {
  const auto generic = netlink::parse_generic(message);
  if (!generic || generic->command < 1 || generic->command > 11) return std::nullopt;
  Command command;
  command.operation = static_cast<Operation>(generic->command);
  command.dump = (message.flags & NLM_F_DUMP) == NLM_F_DUMP;
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    switch (attribute->type) {
      case attr::kToken:
        command.token = attribute->as<uint32_t>();
        break;
      case attr::kAddr:
        command.local = decode_endpoint(attribute->value);
        if (!command.local) return std::nullopt;
        break;
      case attr::kAddrRemote: {
        const auto remote = decode_endpoint(attribute->value);
        if (!remote) return std::nullopt;
        command.remote = remote->at;
        break;
      }
      case attr::kLocId:
        command.local_id = attribute->as<uint8_t>();
        break;
      case attr::kRcvAddAddrs:
        command.limits.add_addr_accepted = attribute->as<uint32_t>();
        break;
      case attr::kSubflows:
        command.limits.subflows = attribute->as<uint32_t>();
        break;
      default:
        break;
    }
  }
  if (reader.malformed()) return std::nullopt;
  return command;
}

void decode_reply(const netlink::Message& message, Reply& reply) {
  const auto generic = netlink::parse_generic(message);
  if (!generic) return;
  AttributeReader reader(generic->attributes);
  while (const auto attribute = reader.next()) {
    if (attribute->type == attr::kAddr) {
      const auto endpoint = decode_endpoint(attribute->value);
      if (endpoint && endpoint->at.family != Family::kNone) reply.endpoints.push_back(*endpoint);
    }
    if (attribute->type == attr::kRcvAddAddrs)
      reply.limits.add_addr_accepted = attribute->as<uint32_t>();
    if (attribute->type == attr::kSubflows) reply.limits.subflows = attribute->as<uint32_t>();
  }
}

}  // namespace subflowd::mptcp
