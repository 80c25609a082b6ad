// Bytes as research notes and packet dumps write them.
#pragma once

#include <string_view>

#include "netlink/bytes.h"

namespace subflowd::test {

inline int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// Whatever is no digit only separates.
inline Buffer Hex(std::string_view text) {
  Buffer bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = HexDigit(c);
    if (digit < 0) continue;
    if (high >= 0) bytes.push_back(static_cast<std::byte>(high << 4 | digit));
    high = high < 0 ? digit : -1;
  }
  return bytes;
}

}  // namespace subflowd::test
