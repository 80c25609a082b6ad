// Netlink framing: walking through the messages of a datagram, and building one.
#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>

#include "netlink/bytes.h"

namespace subflowd::netlink {

constexpr std::size_t Align(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

struct Message {
  nlmsghdr header{};
  Bytes body;   ///< what follows the header
  Bytes whole;  ///< with the header

  /// Answers what was sent with this sequence number from this port.
  bool Answers(std::uint32_t port, std::uint32_t sequence) const {
    return header.nlmsg_pid == port && header.nlmsg_seq == sequence;
  }
};

class MessageReader {
 public:
  explicit MessageReader(Bytes datagram) : rest_(datagram) {}

  /// Goes to the next message; false at the end, and where the bytes are no message.
  bool Next();

  const Message& message() const { return message_; }
  bool malformed() const { return malformed_; }

 private:
  Bytes rest_;
  Message message_;
  bool malformed_ = false;
};

/// Appends one message to a buffer; its length is filled in when the writer goes out of scope.
class MessageWriter {
 public:
  MessageWriter(Buffer& out, std::uint16_t type, std::uint16_t flags, std::uint32_t sequence);
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;
  ~MessageWriter();

  /// A fixed structure after the header (genlmsghdr, inet_diag_req_v2, …).
  void Append(Bytes bytes);

  Buffer& out() { return out_; }

 private:
  Buffer& out_;
  std::size_t start_;
};

/// Adds bytes, and zeros up to the next multiple of four.
void AppendPadded(Buffer& out, Bytes bytes);

}  // namespace subflowd::netlink
