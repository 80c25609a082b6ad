// Generic netlink: families by name (Documentation/userspace-api/netlink/intro.rst).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "transactor.h"

namespace subflowd::netlink {

struct Family {
  uint16_t id = 0;
  std::map<std::string, uint32_t> groups;  // multicast groups by name
};

/** The four bytes that follow the header of every generic message. */
struct GenericHeader {
  uint8_t command = 0;
  uint8_t version = 1;
  uint16_t reserved = 0;
};

/** Throws Failure with ENOENT where this kernel has no such family. */
Family find_family(const std::string& name, const SocketOptions& options);

/** Command and attributes of a generic message; nothing where it is too short. */
struct GenericMessage {
  uint8_t command = 0;
  Bytes attributes;
};
std::optional<GenericMessage> parse_generic(const Message& message);

}  // namespace subflowd::netlink
