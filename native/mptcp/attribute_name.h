// Attributes of requests by name, for whoever is told that one is wrong.
#pragma once

#include <cstdint>
#include <string>

#include "netlink/bytes.h"

namespace subflowd::mptcp {

/// The attribute at this offset of an encoded request, its header included, as the specification
/// names it: `token`, `addr-remote.port`. Empty where none begins there.
std::string AttributeAt(Bytes request, std::uint32_t offset);

/// The name of one at the top level: `loc-id`. Empty where there is none of this number.
std::string AttributeName(std::uint16_t type);

}  // namespace subflowd::mptcp
