// An IP address and a port, as sockets and path manager have them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "../netlink/attribute.h"

namespace subflowd::mptcp {

/** Numbers of AF_INET and AF_INET6. */
enum class Family : uint16_t { kNone = 0, kIpv4 = 2, kIpv6 = 10 };

struct SocketAddress {
  Family family = Family::kNone;
  std::array<uint8_t, 16> bytes{};  // network order; the first four for IPv4
  uint16_t port = 0;                // host order

  size_t size() const { return family == Family::kIpv4 ? 4 : 16; }
  netlink::Bytes address() const { return {bytes.data(), size()}; }
  bool operator==(const SocketAddress&) const = default;
};

/** What inet_ntop(3) prints. */
std::string to_text(const SocketAddress& address);
/** Nothing where this is no IP address. */
std::optional<SocketAddress> from_text(const std::string& text, uint16_t port);
/** Of four or sixteen bytes in network order. */
std::optional<SocketAddress> from_bytes(netlink::Bytes bytes);

}  // namespace subflowd::mptcp
