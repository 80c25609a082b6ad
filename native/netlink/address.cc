// inet_pton(3) and inet_ntop(3); but IPv4, of which every event has two, is printed here.
#include "netlink/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace subflowd {
namespace {

std::string_view FormatV4(const IpAddress& address, AddressText& text) {
  char* end = text.data();
  for (int i = 0; i < 4; ++i) {
    if (i > 0) *end++ = '.';
    end = std::to_chars(end, text.data() + text.size(), address.bytes[i]).ptr;
  }
  return {text.data(), static_cast<std::size_t>(end - text.data())};
}

}  // namespace

IpAddress IpAddress::V4(const std::array<std::uint8_t, 4>& bytes) {
  IpAddress address;
  std::ranges::copy(bytes, address.bytes.begin());
  return address;
}

std::string_view FormatAddress(const IpAddress& address, AddressText& text) {
  if (address.family == IpFamily::kIpv4) return FormatV4(address, text);
  return ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
}

std::optional<IpAddress> ParseAddress(const char* text) {
  IpAddress address;
  if (::inet_pton(AF_INET, text, address.bytes.data()) == 1) return address;
  address.family = IpFamily::kIpv6;
  if (::inet_pton(AF_INET6, text, address.bytes.data()) == 1) return address;
  return std::nullopt;
}

}  // namespace subflowd
