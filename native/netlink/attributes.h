// Netlink attributes: a typed reader whose first error sticks, and a writer with nests.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "netlink/bytes.h"
#include "netlink/expected.h"

namespace subflowd::netlink {

/// Why bytes are not what they should be.
struct Malformed {
  std::string reason;
};

template <typename T>
using Decoded = Expected<T, Malformed>;

class AttributeReader {
 public:
  explicit AttributeReader(Bytes bytes) : rest_(bytes), root_(this) {}
  AttributeReader(const AttributeReader&) = delete;
  AttributeReader& operator=(const AttributeReader&) = delete;

  /// Goes to the next attribute; false at the end and after the first error.
  bool Next();

  std::uint16_t type() const { return type_; }
  Bytes payload() const { return payload_; }

  std::uint8_t U8() { return Integer<std::uint8_t>(); }
  std::uint16_t U16() { return Integer<std::uint16_t>(); }
  std::uint32_t U32() { return Integer<std::uint32_t>(); }
  std::int32_t S32() { return Integer<std::int32_t>(); }
  /// A 16-bit integer in network order.
  std::uint16_t Big16() { return ntohs(U16()); }

  /// The first N bytes of the payload.
  template <std::size_t N>
  std::array<std::uint8_t, N> Array() {
    return Integer<std::array<std::uint8_t, N>>();
  }

  /// Text without the zeros at its end.
  std::string_view Text() const;

  /// Reads what is inside; an error there is one of this reader, too.
  AttributeReader Nest() { return AttributeReader(payload_, root_); }

  /// Notes an error that the caller found.
  void Fail(std::string reason);

  const std::optional<Malformed>& error() const { return root_->error_; }

 private:
  AttributeReader(Bytes bytes, AttributeReader* root) : rest_(bytes), root_(root) {}

  /// As the kernel does, takes the first bytes of a payload that is longer.
  template <typename T>
  T Integer() {
    if (payload_.size() >= sizeof(T)) return Load<T>(payload_);
    TooShort(sizeof(T));
    return T{};
  }

  void TooShort(std::size_t wanted);

  Bytes rest_;
  Bytes payload_;
  std::uint16_t type_ = 0;
  AttributeReader* root_;
  std::optional<Malformed> error_;
};

class AttributeWriter {
 public:
  explicit AttributeWriter(Buffer& out) : out_(out) {}

  void U8(std::uint16_t type, std::uint8_t value) { Put(type, BytesOf(value)); }
  void U16(std::uint16_t type, std::uint16_t value) { Put(type, BytesOf(value)); }
  void U32(std::uint16_t type, std::uint32_t value) { Put(type, BytesOf(value)); }
  /// A 16-bit integer in network order.
  void Big16(std::uint16_t type, std::uint16_t value) { U16(type, htons(value)); }
  /// With the zero at its end.
  void Text(std::uint16_t type, std::string_view text);
  void Put(std::uint16_t type, Bytes payload);

  /// Attributes written while this lives are inside it.
  class [[nodiscard]] Nesting {
   public:
    Nesting(Buffer& out, std::uint16_t type);
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting();

   private:
    Buffer& out_;
    std::size_t start_;
  };

  Nesting Nest(std::uint16_t type) { return Nesting(out_, type); }

 private:
  Buffer& out_;
};

}  // namespace subflowd::netlink
