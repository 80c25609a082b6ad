// IP addresses and ports: between bytes and the text that inet_ntop(3) prints.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace subflowd {

enum class IpFamily : std::uint16_t { kIpv4 = 2, kIpv6 = 10 };  // AF_INET, AF_INET6

struct IpAddress {
  IpFamily family = IpFamily::kIpv4;
  std::array<std::uint8_t, 16> bytes{};  ///< the first four for IPv4

  static IpAddress V4(const std::array<std::uint8_t, 4>& bytes);
  static IpAddress V6(const std::array<std::uint8_t, 16>& bytes) {
    return {IpFamily::kIpv6, bytes};
  }

  bool operator==(const IpAddress&) const = default;
};

/// A port of 0 means "none given".
struct SocketAddress {
  IpAddress address;
  std::uint16_t port = 0;  ///< host order

  bool operator==(const SocketAddress&) const = default;
};

/// Long enough for every address as text, with the zero at its end.
using AddressText = std::array<char, 46>;

std::string_view FormatAddress(const IpAddress& address, AddressText& text);

/// `text` ends with a zero. v4-mapped addresses are IPv6 addresses.
std::optional<IpAddress> ParseAddress(const char* text);

}  // namespace subflowd
