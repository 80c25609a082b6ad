#include "address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace subflowd::mptcp {

std::string to_text(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = static_cast<int>(address.family);
  if (inet_ntop(family, address.bytes.data(), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

std::optional<SocketAddress> from_text(const std::string& text, uint16_t port) {
  SocketAddress address{Family::kIpv4, {}, port};
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address.family = Family::kIpv6;
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<SocketAddress> from_bytes(netlink::Bytes bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
  SocketAddress address{bytes.size() == 4 ? Family::kIpv4 : Family::kIpv6, {}, 0};
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

}  // namespace subflowd::mptcp
