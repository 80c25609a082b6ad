// A netlink socket: options, groups, sending and receiving. Every system call on netlink is here.
#pragma once

#include <cstdint>
#include <string>

#include "netlink/bytes.h"
#include "netlink/failure.h"
#include "netlink/file_descriptor.h"

namespace subflowd::netlink {

struct SocketOptions {
  std::string netns;       ///< path of the namespace; empty for the thread's own
  int receive_buffer = 0;  ///< bytes; 0 leaves what the system gives
};

struct Datagram {
  Bytes bytes;
  std::uint32_t sender = 0;  ///< port id; the kernel's is 0
  bool truncated = false;
};

class Socket {
 public:
  static Outcome<Socket> Open(int protocol, const SocketOptions& options);

  /// Multicasts of `group` are received from now on.
  Outcome<Done> Join(std::uint32_t group);

  /// Sends whole messages to the kernel, which has handled them when this returns.
  Outcome<Done> Send(Bytes messages) const;

  /// Waits up to `timeout` milliseconds for one datagram, written to `buffer`.
  Outcome<Datagram> Receive(std::span<std::byte> buffer, int timeout) const;

  int fd() const { return fd_.get(); }
  /// Our port id: what the kernel puts into answers to us.
  std::uint32_t port() const { return port_; }
  /// Bytes granted, as the kernel counts them.
  int receive_buffer() const { return receive_buffer_; }

 private:
  explicit Socket(FileDescriptor fd) : fd_(std::move(fd)) {}

  void SetReceiveBuffer(int bytes);
  void SetOption(int option);
  Outcome<Done> Bind();

  FileDescriptor fd_;
  std::uint32_t port_ = 0;
  int receive_buffer_ = 0;
};

}  // namespace subflowd::netlink
