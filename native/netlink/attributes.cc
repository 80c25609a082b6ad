// Netlink attributes (struct nlattr): u16 length, u16 type, payload, padded to four bytes.
#include "netlink/attributes.h"

#include <linux/netlink.h>

#include <algorithm>

#include "netlink/message.h"

namespace subflowd::netlink {

bool AttributeReader::Next() {
  if (error() || rest_.empty()) return false;
  if (rest_.size() < sizeof(nlattr)) {
    Fail("bytes left over after the last attribute");
    return false;
  }
  const auto header = Load<nlattr>(rest_);
  if (header.nla_len < sizeof(nlattr) || header.nla_len > rest_.size()) {
    Fail("attribute " + std::to_string(header.nla_type & NLA_TYPE_MASK) + " has a wrong length");
    return false;
  }
  type_ = header.nla_type & NLA_TYPE_MASK;
  payload_ = rest_.subspan(sizeof(nlattr), header.nla_len - sizeof(nlattr));
  rest_ = rest_.subspan(std::min(Align(header.nla_len), rest_.size()));
  return true;
}

std::string_view AttributeReader::Text() const {
  const std::string_view text(reinterpret_cast<const char*>(payload_.data()), payload_.size());
  return text.substr(0, text.find('\0'));
}

void AttributeReader::Fail(std::string reason) {
  if (!root_->error_) root_->error_ = Malformed{std::move(reason)};
}

void AttributeReader::TooShort(std::size_t wanted) {
  Fail("attribute " + std::to_string(type_) + " has " + std::to_string(payload_.size()) +
       " bytes, not " + std::to_string(wanted));
}

void AttributeWriter::Put(std::uint16_t type, Bytes payload) {
  const nlattr header{.nla_len = static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()),
                      .nla_type = type};
  AppendPadded(out_, BytesOf(header));
  AppendPadded(out_, payload);
}

void AttributeWriter::Text(std::uint16_t type, std::string_view text) {
  const std::string terminated(text);
  Put(type, std::as_bytes(std::span(terminated.c_str(), terminated.size() + 1)));
}

AttributeWriter::Nesting::Nesting(Buffer& out, std::uint16_t type) : out_(out), start_(out.size()) {
  AttributeWriter(out).Put(static_cast<std::uint16_t>(type | NLA_F_NESTED), {});
}

AttributeWriter::Nesting::~Nesting() {
  const auto length = static_cast<std::uint16_t>(out_.size() - start_);
  std::memcpy(&out_[start_ + offsetof(nlattr, nla_len)], &length, sizeof length);
}

}  // namespace subflowd::netlink
