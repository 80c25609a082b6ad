// What the in-kernel path manager works with, for the whole namespace.
#pragma once

#include <cstdint>

#include "netlink/address.h"

namespace subflowd::mptcp {

struct Endpoint {
  std::uint8_t id = 0;
  SocketAddress address;
  std::uint32_t flags = 0;    ///< bits that this version does not know are kept
  std::uint32_t ifindex = 0;  ///< 0 where it is not bound to an interface

  bool operator==(const Endpoint&) const = default;
};

struct Limits {
  std::uint32_t subflows = 0;
  std::uint32_t add_addr_accepted = 0;

  bool operator==(const Limits&) const = default;
};

}  // namespace subflowd::mptcp
