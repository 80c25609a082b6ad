// Generic netlink: families by name, and the header of their messages.
#pragma once

#include <linux/genetlink.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "netlink/failure.h"
#include "netlink/message.h"
#include "netlink/socket.h"

namespace subflowd::netlink {

struct Family {
  std::uint16_t id = 0;
  std::map<std::string, std::uint32_t, std::less<>> groups;  ///< multicast groups by name
  std::map<std::uint8_t, std::uint32_t> operations;          ///< flags (GENL_CMD_CAP_*) by number
};

/// What one CTRL_CMD_NEWFAMILY tells; whatever is malformed is left out.
Family ReadFamily(const Message& message);

/// Looks a family up; ENOENT where this kernel has none of that name.
Outcome<Family> FindFamily(const Socket& socket, std::string_view name);

struct GenericMessage {
  std::uint8_t command = 0;
  Bytes attributes;
};

/// The generic message in a netlink message; nothing where it is too short to be one.
std::optional<GenericMessage> ReadGeneric(const Message& message);

/// What follows the netlink header in a generic request.
genlmsghdr GenericHeader(std::uint8_t command, std::uint8_t version);

}  // namespace subflowd::netlink
