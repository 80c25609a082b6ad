#include "message.h"

#include <algorithm>

namespace subflowd::netlink {

std::optional<Message> MessageReader::next() {
  if (rest_.empty()) return std::nullopt;
  nlmsghdr header{};
  if (rest_.size() >= sizeof header) std::memcpy(&header, rest_.data(), sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest_.size()) {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  const Message message{header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq, header.nlmsg_pid,
                        rest_.subspan(sizeof header, header.nlmsg_len - sizeof header)};
  rest_ = rest_.subspan(std::min(align(header.nlmsg_len), rest_.size()));
  return message;
}

MessageWriter::MessageWriter(Buffer& buffer, uint16_t type, uint16_t flags, uint32_t sequence)
    : buffer_(buffer), begin_(buffer.size()) {
  const nlmsghdr header{0, type, flags, sequence, 0};
  structure(header);
}

void MessageWriter::end() {
  const auto length = static_cast<uint32_t>(buffer_.size() - begin_);
  std::memcpy(buffer_.data() + begin_, &length, sizeof length);
}

namespace {

// Attributes of the extended ack.
constexpr uint16_t kText = 1;
constexpr uint16_t kOffset = 2;
constexpr uint16_t kMissingType = 5;

/** Bytes before the attributes: the error, the request's header and, unless it was capped, its payload. */
size_t attributes_offset(const Message& message) {
  if (message.is_done()) return sizeof(int32_t);
  nlmsgerr head{};
  if (message.payload.size() < sizeof head) return message.payload.size();
  std::memcpy(&head, message.payload.data(), sizeof head);
  if ((message.flags & NLM_F_CAPPED) != 0) return sizeof head;
  const size_t echoed = std::max<size_t>(head.msg.nlmsg_len, sizeof head.msg) - sizeof head.msg;
  return sizeof head + align(echoed);
}

}  // namespace

Refusal parse_ack(const Message& message) {
  Refusal refusal;
  int32_t code = 0;
  if (message.payload.size() < sizeof code) return refusal;
  std::memcpy(&code, message.payload.data(), sizeof code);
  refusal.error = -code;
  const size_t offset = attributes_offset(message);
  if ((message.flags & NLM_F_ACK_TLVS) == 0 || offset >= message.payload.size()) return refusal;
  AttributeReader reader(message.payload.subspan(offset));
  while (const auto attribute = reader.next()) {
    if (attribute->type == kText) refusal.text = attribute->text();
    if (attribute->type == kOffset) refusal.offset = attribute->as<uint32_t>();
    if (attribute->type == kMissingType) refusal.missing = attribute->as<uint32_t>();
  }
  return refusal;
}

}  // namespace subflowd::netlink
