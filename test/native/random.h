// Seeded random values: every run, everywhere, sees the same ones.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "netlink/address.h"
#include "netlink/bytes.h"

namespace subflowd::test {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  /// From 0 to `max`. (The distributions of <random> differ between libraries.)
  std::uint32_t UpTo(std::uint32_t max) { return max == UINT32_MAX ? U32() : U32() % (max + 1); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(engine_()); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(U32()); }
  std::uint8_t U8() { return static_cast<std::uint8_t>(U32()); }
  bool Boolean() { return UpTo(1) == 1; }
  std::uint32_t Ifindex() { return Boolean() ? 0 : 1 + UpTo(INT32_MAX - 1); }

  std::optional<std::uint32_t> MaybeU32() {
    return Boolean() ? std::optional(U32()) : std::nullopt;
  }

  /// IPv4, IPv6 and v4-mapped addresses, equally often.
  IpAddress Address() {
    const std::uint32_t form = UpTo(2);
    IpAddress address{.family = form == 0 ? IpFamily::kIpv4 : IpFamily::kIpv6, .bytes = {}};
    for (std::size_t i = 0; i < (form == 0 ? 4u : 16u); ++i) address.bytes[i] = U8();
    if (form == 2) address.bytes = Mapped(address.bytes);
    return address;
  }

  SocketAddress Socket() { return {.address = Address(), .port = Boolean() ? U16() : Zero()}; }

  Buffer Bytes(std::size_t size) {
    Buffer bytes(size);
    for (std::byte& byte : bytes) byte = std::byte{U8()};
    return bytes;
  }

  template <typename T, std::size_t N>
  T OneOf(const T (&values)[N]) {
    return values[UpTo(N - 1)];
  }

 private:
  static std::uint16_t Zero() { return 0; }

  static std::array<std::uint8_t, 16> Mapped(std::array<std::uint8_t, 16> bytes) {
    for (int i = 0; i < 10; ++i) bytes[i] = 0;
    bytes[10] = bytes[11] = 0xff;
    return bytes;
  }

  std::mt19937 engine_;
};

}  // namespace subflowd::test
