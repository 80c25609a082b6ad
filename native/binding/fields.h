// Reads JavaScript values, and names the one that is not what it should be.
#pragma once

#include <napi.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "binding/words.h"
#include "netlink/address.h"

namespace subflowd::binding {

/// Where a value is: `commands[3].local.address`. It is spelled out only for an error.
class Path {
 public:
  explicit Path(const char* name) : name_(name) {}
  Path(const Path& parent, const char* name) : parent_(&parent), name_(name) {}
  Path(const Path& parent, std::uint32_t index) : parent_(&parent), index_(index) {}

  std::string Text() const;
  /// Throws a TypeError: the path, a colon and `problem`.
  [[noreturn]] void Reject(napi_env env, const char* problem) const;

 private:
  const Path* parent_ = nullptr;
  const char* name_ = nullptr;
  std::uint32_t index_ = 0;
};

/// The properties of one object. The path must outlive it.
class Fields {
 public:
  /// Throws where `object` is none.
  Fields(Words& words, napi_value object, const Path& path);

  bool Has(Word key) { return Get(key) != nullptr; }

  std::uint32_t U32(Word key) { return Integer(key, std::numeric_limits<std::uint32_t>::max()); }
  std::uint8_t U8(Word key) { return static_cast<std::uint8_t>(Integer(key, 0xff)); }
  std::uint16_t U16(Word key) { return static_cast<std::uint16_t>(Integer(key, 0xffff)); }
  /// A number that the kernel keeps in an int, where it cannot be negative.
  std::uint32_t Positive(Word key) {
    return Integer(key, std::numeric_limits<std::int32_t>::max());
  }
  std::optional<std::uint32_t> OptionalU32(Word key) { return Optional(key, &Fields::U32); }
  std::optional<std::uint8_t> OptionalU8(Word key) { return Optional(key, &Fields::U8); }
  std::optional<std::uint16_t> OptionalU16(Word key) { return Optional(key, &Fields::U16); }
  bool Boolean(Word key);
  IpAddress Address(Word key);
  std::optional<IpAddress> OptionalAddress(Word key) { return Optional(key, &Fields::Address); }
  SocketAddress Socket(Word key);
  Fields Object(Word key, const Path& path) { return Fields(words_, Need(key), path); }
  /// Throws where it is longer than a path may be, too.
  std::string Text(Word key);
  /// In `buffer`, as much of it as fits.
  std::string_view ShortText(Word key, std::span<char> buffer);

  const Path& path() const { return path_; }
  [[noreturn]] void Reject(Word key, const char* problem) const;

 private:
  template <typename T>
  std::optional<T> Optional(Word key, T (Fields::*read)(Word)) {
    if (!Has(key)) return std::nullopt;
    return (this->*read)(key);
  }

  /// Nothing where it is undefined.
  napi_value Get(Word key);
  napi_value Need(Word key);
  std::uint32_t Integer(Word key, std::uint32_t max);

  Words& words_;
  napi_value object_;
  const Path& path_;
};

/// A whole number from 0 to `max`.
std::uint32_t ReadInteger(napi_env env, napi_value value, std::uint32_t max, const Path& path);

}  // namespace subflowd::binding
