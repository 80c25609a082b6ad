// A netlink socket: the only place with its system calls.
#pragma once

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attribute.h"

namespace subflowd::netlink {

struct SocketOptions {
  std::string netns;           // path; empty for the namespace of the calling thread
  uint32_t receive_buffer = 0; // bytes; 0 for the system's default
};

/** What one `receive` brought. */
struct Received {
  std::vector<Bytes> datagrams;  // valid until the next call
  int lost = 0;                  // ENOBUFS: the kernel dropped messages
  bool truncated = false;        // a datagram was larger than the buffer for it
  bool drained = false;          // nothing was left
};

class Socket {
 public:
  /** Non-blocking, close-on-exec, with extended acks and strict checking. Throws Failure. */
  Socket(int protocol, const SocketOptions& options);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  /** The address that the kernel gave it: replies carry it. */
  uint32_t port() const { return port_; }
  /** Bytes granted. */
  uint32_t receive_buffer() const;

  void join(uint32_t group);
  /** One write for all the messages in it. */
  void send(Bytes messages);
  /** Takes what is there, up to `kBatch` datagrams, without waiting. Only what the kernel itself sent. */
  Received receive();
  /** Waits until there is something to receive; false after `milliseconds`. */
  bool wait(int milliseconds) const;

 private:
  static constexpr size_t kBatch = 64;
  static constexpr size_t kDatagram = 32768;  // the most that the kernel puts into one of a dump

  void set_option(int level, int option, int value);
  void grow_receive_buffer(uint32_t bytes);

  int fd_ = -1;
  uint32_t port_ = 0;
  std::unique_ptr<uint8_t[]> space_;
  std::array<mmsghdr, kBatch> headers_{};
  std::array<iovec, kBatch> vectors_{};
  std::array<sockaddr_nl, kBatch> senders_{};
};

}  // namespace subflowd::netlink
