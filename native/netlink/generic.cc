// The `nlctrl` family (linux/genetlink.h) knows the others.
#include "netlink/generic.h"

#include "netlink/attributes.h"
#include "netlink/transactor.h"

namespace subflowd::netlink {
namespace {

void ReadGroup(AttributeReader group, Family& family) {
  std::string name;
  std::uint32_t id = 0;
  while (group.Next()) {
    if (group.type() == CTRL_ATTR_MCAST_GRP_NAME) name = group.Text();
    if (group.type() == CTRL_ATTR_MCAST_GRP_ID) id = group.U32();
  }
  family.groups.emplace(std::move(name), id);
}

void ReadOperation(AttributeReader operation, Family& family) {
  std::uint32_t id = 0;
  std::uint32_t flags = 0;
  while (operation.Next()) {
    if (operation.type() == CTRL_ATTR_OP_ID) id = operation.U32();
    if (operation.type() == CTRL_ATTR_OP_FLAGS) flags = operation.U32();
  }
  family.operations.emplace(static_cast<std::uint8_t>(id), flags);
}

}  // namespace

Family ReadFamily(const Message& message) {
  Family family;
  const auto generic = ReadGeneric(message);
  if (!generic) return family;
  AttributeReader attributes(generic->attributes);
  while (attributes.Next()) {
    if (attributes.type() == CTRL_ATTR_FAMILY_ID) family.id = attributes.U16();
    if (attributes.type() == CTRL_ATTR_MCAST_GROUPS) {
      AttributeReader groups = attributes.Nest();
      while (groups.Next()) ReadGroup(groups.Nest(), family);
    }
    if (attributes.type() == CTRL_ATTR_OPS) {
      AttributeReader operations = attributes.Nest();
      while (operations.Next()) ReadOperation(operations.Nest(), family);
    }
  }
  return family;
}

Outcome<Family> FindFamily(const Socket& socket, std::string_view name) {
  Transactor transactor(socket);
  Family family;
  const auto build = [name](Buffer& out, std::uint32_t sequence) {
    MessageWriter message(out, GENL_ID_CTRL, NLM_F_REQUEST | NLM_F_ACK, sequence);
    message.Append(BytesOf(GenericHeader(CTRL_CMD_GETFAMILY, 1)));
    AttributeWriter(out).Text(CTRL_ATTR_FAMILY_NAME, name);
  };
  auto ending =
      transactor.Request(build, [&](const Message& reply) { family = ReadFamily(reply); });
  if (!ending) return Fail(std::move(ending).error());
  if (ending->refusal) return Fail(FailureOf(*ending->refusal));
  return family;
}

std::optional<GenericMessage> ReadGeneric(const Message& message) {
  if (message.body.size() < sizeof(genlmsghdr)) return std::nullopt;
  return GenericMessage{.command = Load<genlmsghdr>(message.body).cmd,
                        .attributes = message.body.subspan(sizeof(genlmsghdr))};
}

genlmsghdr GenericHeader(std::uint8_t command, std::uint8_t version) {
  return {.cmd = command, .version = version, .reserved = 0};
}

}  // namespace subflowd::netlink
