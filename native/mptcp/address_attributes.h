// The nest of attributes that describes an address in requests and replies.
#pragma once

#include <cstdint>
#include <optional>

#include "netlink/address.h"
#include "netlink/attributes.h"

namespace subflowd::mptcp {

struct AddressAttributes {
  std::optional<IpAddress> address;
  std::optional<std::uint8_t> id;
  std::optional<std::uint16_t> port;
  std::optional<std::uint32_t> flags;
  std::optional<std::uint32_t> ifindex;

  bool operator==(const AddressAttributes&) const = default;
};

/// Errors stick to the reader.
AddressAttributes ReadAddress(netlink::AttributeReader reader);

}  // namespace subflowd::mptcp
