// Netlink framing (struct nlmsghdr, netlink(7)).
#include "netlink/message.h"

#include <algorithm>

namespace subflowd::netlink {

bool MessageReader::Next() {
  if (malformed_ || rest_.empty()) return false;
  const auto fits = [this](std::size_t length) {
    return length >= sizeof(nlmsghdr) && length <= rest_.size();
  };
  if (!fits(rest_.size()) || !fits(Load<nlmsghdr>(rest_).nlmsg_len)) {
    malformed_ = true;
    return false;
  }
  message_.header = Load<nlmsghdr>(rest_);
  message_.whole = rest_.first(message_.header.nlmsg_len);
  message_.body = message_.whole.subspan(sizeof(nlmsghdr));
  rest_ = rest_.subspan(std::min(Align(message_.header.nlmsg_len), rest_.size()));
  return true;
}

MessageWriter::MessageWriter(Buffer& out, std::uint16_t type, std::uint16_t flags,
                             std::uint32_t sequence)
    : out_(out), start_(out.size()) {
  const nlmsghdr header{.nlmsg_len = 0,  // known at the end
                        .nlmsg_type = type,
                        .nlmsg_flags = flags,
                        .nlmsg_seq = sequence,
                        .nlmsg_pid = 0};
  Append(BytesOf(header));
}

MessageWriter::~MessageWriter() {
  const auto length = static_cast<std::uint32_t>(out_.size() - start_);
  std::memcpy(&out_[start_ + offsetof(nlmsghdr, nlmsg_len)], &length, sizeof length);
}

void MessageWriter::Append(Bytes bytes) { AppendPadded(out_, bytes); }

void AppendPadded(Buffer& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
  out.resize(Align(out.size()));
}

}  // namespace subflowd::netlink
