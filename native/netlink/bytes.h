// Raw bytes: views, growing buffers, and reading integers that need not be aligned.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace subflowd {

using Bytes = std::span<const std::byte>;
using Buffer = std::vector<std::byte>;

/// The caller has checked that there are enough bytes.
template <typename T>
  requires std::is_trivially_copyable_v<T>
T Load(Bytes bytes, std::size_t offset = 0) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Reads a structure of which the sender may know fewer fields than we do: those are zero.
template <typename T>
  requires std::is_trivially_copyable_v<T>
T LoadPrefix(Bytes bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), bytes.size() < sizeof value ? bytes.size() : sizeof value);
  return value;
}

template <typename T>
  requires std::is_trivially_copyable_v<T>
Bytes BytesOf(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

}  // namespace subflowd
