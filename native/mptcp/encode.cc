// Command → bytes.

#include "../netlink/generic.h"
#include "command.h"

namespace subflowd::mptcp {

namespace {

using netlink::AttributeWriter;

void write_address(AttributeWriter& writer, const SocketAddress& at) {
  if (at.family == Family::kNone) return;
  writer.number(addr_attr::kFamily, static_cast<uint16_t>(at.family));
  writer.bytes(at.family == Family::kIpv4 ? addr_attr::kAddr4 : addr_attr::kAddr6, at.address());
}

/** Id, port, flags and interface are left out where they are 0: the kernel takes absence for that. */
void write_endpoint(AttributeWriter& writer, const Endpoint& endpoint, bool always_id) {
  const size_t nest = writer.open(attr::kAddr);
  write_address(writer, endpoint.at);
  if (endpoint.id != 0 || always_id) writer.number(addr_attr::kId, endpoint.id);
  if (endpoint.at.port != 0) writer.number(addr_attr::kPort, endpoint.at.port);
  if (endpoint.flags != 0) writer.number(addr_attr::kFlags, endpoint.flags);
  if (endpoint.ifindex != 0) writer.number(addr_attr::kIfIdx, endpoint.ifindex);
  writer.close(nest);
}

void write_remote(AttributeWriter& writer, const SocketAddress& remote) {
  const size_t nest = writer.open(attr::kAddrRemote);
  write_address(writer, remote);
  if (remote.port != 0) writer.number(addr_attr::kPort, remote.port);
  writer.close(nest);
}

bool names_by_id(Operation operation) {
  return operation == Operation::kDelAddr || operation == Operation::kGetAddr;
}

}  // namespace

void encode(netlink::Buffer& buffer, const Command& command, uint16_t family, uint32_t sequence) {
  const uint16_t flags = NLM_F_REQUEST | (command.dump ? NLM_F_DUMP : NLM_F_ACK);
  netlink::MessageWriter message(buffer, family, flags, sequence);
  message.structure(netlink::GenericHeader{static_cast<uint8_t>(command.operation)});
  AttributeWriter writer = message.attributes();
  if (command.token) writer.number(attr::kToken, *command.token);
  if (command.local) write_endpoint(writer, *command.local, names_by_id(command.operation));
  if (command.remote) write_remote(writer, *command.remote);
  if (command.local_id) writer.number(attr::kLocId, *command.local_id);
  if (command.limits.add_addr_accepted)
    writer.number(attr::kRcvAddAddrs, *command.limits.add_addr_accepted);
  if (command.limits.subflows) writer.number(attr::kSubflows, *command.limits.subflows);
  message.end();
}

}  // namespace subflowd::mptcp
