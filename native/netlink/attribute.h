// Attributes: type, length, value, padded to four bytes (rfc3549 §2.3.2.1), read and written without copying.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace subflowd::netlink {

using Bytes = std::span<const uint8_t>;
using Buffer = std::vector<uint8_t>;

constexpr size_t align(size_t length) { return (length + 3) & ~size_t{3}; }

struct Attribute {
  uint16_t type = 0;  // without the flags "nested" and "network byte order"
  Bytes value;

  /** The value as a number in host order; nothing where it has another size. */
  template <typename T>
  std::optional<T> as() const {
    T number;
    if (value.size() != sizeof number) return std::nullopt;
    std::memcpy(&number, value.data(), sizeof number);
    return number;
  }

  /** The value as text, up to its terminating zero. */
  std::string_view text() const {
    const auto* chars = reinterpret_cast<const char*>(value.data());
    return {chars, strnlen(chars, value.size())};
  }
};

/** Walks through attributes. Bytes that are none end the walk and are told by `malformed`. */
class AttributeReader {
 public:
  explicit AttributeReader(Bytes bytes) : rest_(bytes) {}

  std::optional<Attribute> next();
  bool malformed() const { return malformed_; }

 private:
  Bytes rest_;
  bool malformed_ = false;
};

/** Appends attributes to a message. */
class AttributeWriter {
 public:
  explicit AttributeWriter(Buffer& buffer) : buffer_(buffer) {}

  void bytes(uint16_t type, Bytes value);

  template <typename T>
  void number(uint16_t type, T value) {
    bytes(type, {reinterpret_cast<const uint8_t*>(&value), sizeof value});
  }

  /** Opens a nest; the returned mark closes it. */
  size_t open(uint16_t type);
  void close(size_t mark);

 private:
  Buffer& buffer_;
};

}  // namespace subflowd::netlink
