// Messages: a header, a payload, padding; several in one datagram (netlink(7)).
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <optional>

#include "attribute.h"
#include "result.h"

namespace subflowd::netlink {

struct Message {
  uint16_t type = 0;
  uint16_t flags = 0;
  uint32_t sequence = 0;
  uint32_t port = 0;
  Bytes payload;

  bool is_error() const { return type == NLMSG_ERROR; }
  bool is_done() const { return type == NLMSG_DONE; }
  bool was_interrupted() const { return (flags & NLM_F_DUMP_INTR) != 0; }
};

/** Walks through a datagram. Bytes that are no message end the walk and are told by `malformed`. */
class MessageReader {
 public:
  explicit MessageReader(Bytes datagram) : rest_(datagram) {}

  std::optional<Message> next();
  bool malformed() const { return malformed_; }

 private:
  Bytes rest_;
  bool malformed_ = false;
};

/** Begins a message; what is appended to `buffer` until `end` is its payload. */
class MessageWriter {
 public:
  MessageWriter(Buffer& buffer, uint16_t type, uint16_t flags, uint32_t sequence);

  /** Appends a fixed structure, as families begin with. */
  template <typename T>
  void structure(const T& value) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    buffer_.insert(buffer_.end(), bytes, bytes + sizeof value);
    buffer_.resize(align(buffer_.size()));
  }

  AttributeWriter attributes() { return AttributeWriter(buffer_); }
  void end();

 private:
  Buffer& buffer_;
  size_t begin_;
};

/**
 * The error that an NLMSG_ERROR, or the NLMSG_DONE of a dump, carries: `error` is 0 for an acknowledgement. The text
 * and the offset come from the extended ack.
 */
Refusal parse_ack(const Message& message);

}  // namespace subflowd::netlink
