// Takes many datagrams at once from a netlink socket, into buffers made beforehand.
#pragma once

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <vector>

#include "netlink/bytes.h"
#include "netlink/failure.h"
#include "netlink/socket.h"

namespace subflowd::netlink {

class Receiver {
 public:
  struct Shape {
    std::size_t slots;  ///< datagrams taken in one system call
    std::size_t size;   ///< bytes that a datagram can have
  };

  explicit Receiver(Shape shape);

  /// What is there now, up to a full set of slots: fewer mean that the queue is empty. Views are
  /// valid until the next call. ENOBUFS says that the kernel dropped datagrams before these.
  Outcome<std::span<const Datagram>> Take(const Socket& socket);

  std::size_t slots() const { return headers_.size(); }

 private:
  Shape shape_;
  Buffer memory_;
  std::vector<sockaddr_nl> senders_;
  std::vector<iovec> parts_;
  std::vector<mmsghdr> headers_;
  std::vector<Datagram> datagrams_;
};

}  // namespace subflowd::netlink
