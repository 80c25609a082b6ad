#include "generic.h"

#include <linux/genetlink.h>

namespace subflowd::netlink {

namespace {

void read_groups(Bytes groups, Family& family) {
  AttributeReader list(groups);
  while (const auto group = list.next()) {
    std::string name;
    uint32_t id = 0;
    AttributeReader reader(group->value);
    while (const auto attribute = reader.next()) {
      if (attribute->type == CTRL_ATTR_MCAST_GRP_NAME) name = attribute->text();
      if (attribute->type == CTRL_ATTR_MCAST_GRP_ID) id = attribute->as<uint32_t>().value_or(0);
    }
    family.groups[name] = id;
  }
}

}  // namespace

std::optional<GenericMessage> parse_generic(const Message& message) {
  if (message.payload.size() < sizeof(GenericHeader)) return std::nullopt;
  return GenericMessage{message.payload[0], message.payload.subspan(sizeof(GenericHeader))};
}

Family find_family(const std::string& name, const SocketOptions& options) {
  Family family;
  Transactor transactor(NETLINK_GENERIC, {options.netns, 0});
  const auto encode = [&](Buffer& buffer, uint32_t sequence) {
    MessageWriter message(buffer, GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, sequence);
    message.structure(GenericHeader{CTRL_CMD_GETFAMILY});
    message.attributes().bytes(
        CTRL_ATTR_FAMILY_NAME,
        {reinterpret_cast<const uint8_t*>(name.c_str()), name.size() + 1});
    message.end();
  };
  transactor.run("generic netlink family " + name, encode, [&](const Message& message) {
    const auto generic = parse_generic(message);
    if (!generic) return;
    AttributeReader reader(generic->attributes);
    while (const auto attribute = reader.next()) {
      if (attribute->type == CTRL_ATTR_FAMILY_ID) family.id = attribute->as<uint16_t>().value_or(0);
      if (attribute->type == CTRL_ATTR_MCAST_GROUPS) read_groups(attribute->value, family);
    }
  });
  return family;
}

}  // namespace subflowd::netlink
