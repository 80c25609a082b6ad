#include "attribute.h"

#include <algorithm>

namespace subflowd::netlink {

namespace {

constexpr size_t kHeader = 4;
constexpr uint16_t kNested = 1 << 15;
constexpr uint16_t kTypeMask = 0x3fff;

}  // namespace

std::optional<Attribute> AttributeReader::next() {
  if (rest_.empty()) return std::nullopt;
  uint16_t length = 0;
  uint16_t type = 0;
  if (rest_.size() >= kHeader) {
    std::memcpy(&length, rest_.data(), sizeof length);
    std::memcpy(&type, rest_.data() + 2, sizeof type);
  }
  if (length < kHeader || length > rest_.size()) {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  const Attribute attribute{static_cast<uint16_t>(type & kTypeMask),
                            rest_.subspan(kHeader, length - kHeader)};
  rest_ = rest_.subspan(std::min(align(length), rest_.size()));
  return attribute;
}

void AttributeWriter::bytes(uint16_t type, Bytes value) {
  const auto length = static_cast<uint16_t>(kHeader + value.size());
  const size_t at = buffer_.size();
  buffer_.resize(at + align(length));
  std::memcpy(buffer_.data() + at, &length, sizeof length);
  std::memcpy(buffer_.data() + at + 2, &type, sizeof type);
  std::copy(value.begin(), value.end(), buffer_.begin() + static_cast<ptrdiff_t>(at + kHeader));
}

size_t AttributeWriter::open(uint16_t type) {
  const size_t mark = buffer_.size();
  bytes(type | kNested, {});
  return mark;
}

void AttributeWriter::close(size_t mark) {
  const auto length = static_cast<uint16_t>(buffer_.size() - mark);
  std::memcpy(buffer_.data() + mark, &length, sizeof length);
}

}  // namespace subflowd::netlink
