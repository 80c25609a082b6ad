// Opens a netlink socket with every option that makes the kernel's answers more precise.
#include "netlink/socket.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "netlink/namespace.h"

namespace subflowd::netlink {
namespace {

constexpr int kSolNetlink = 270;  // glibc's SOL_NETLINK hides behind _GNU_SOURCE

Outcome<Done> WaitReadable(int fd, int timeout) {
  pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&poll, 1, timeout);
  if (ready < 0 && errno != EINTR) return FailWithErrno("poll");
  if (ready == 0) {
    return Fail({.number = ETIMEDOUT, .syscall = "poll", .explanation = "the kernel is silent"});
  }
  return Done{};
}

}  // namespace

Outcome<Socket> Socket::Open(int protocol, const SocketOptions& options) {
  auto fd = OpenSocket(AF_NETLINK, SOCK_RAW, protocol, options.netns);
  if (!fd) return Fail(std::move(fd).error());
  Socket socket(std::move(*fd));
  socket.SetReceiveBuffer(options.receive_buffer);
  socket.SetOption(NETLINK_EXT_ACK);
  socket.SetOption(NETLINK_CAP_ACK);
  socket.SetOption(NETLINK_GET_STRICT_CHK);
  if (auto bound = socket.Bind(); !bound) return Fail(std::move(bound).error());
  return socket;
}

void Socket::SetReceiveBuffer(int bytes) {
  // Without CAP_NET_ADMIN in the initial user namespace there is only what net.core.rmem_max
  // allows.
  if (bytes > 0 && ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0) {
    ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  socklen_t length = sizeof receive_buffer_;
  ::getsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_, &length);
}

/// A kernel that lacks one of these answers less precisely; that is no reason to fail.
void Socket::SetOption(int option) {
  const int on = 1;
  ::setsockopt(fd(), kSolNetlink, option, &on, sizeof on);
}

Outcome<Done> Socket::Bind() {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd(), generic, sizeof address) < 0) return FailWithErrno("bind");
  socklen_t length = sizeof address;
  if (::getsockname(fd(), generic, &length) < 0) return FailWithErrno("getsockname");
  port_ = address.nl_pid;
  return Done{};
}

Outcome<Done> Socket::Join(std::uint32_t group) {
  if (::setsockopt(fd(), kSolNetlink, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
    return FailWithErrno("setsockopt");
  }
  return Done{};
}

Outcome<Done> Socket::Send(Bytes messages) const {
  iovec part{const_cast<std::byte*>(messages.data()), messages.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  ssize_t sent;
  do {
    sent = ::sendmsg(fd(), &header, 0);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return FailWithErrno("sendmsg");
  return Done{};
}

Outcome<Datagram> Socket::Receive(std::span<std::byte> buffer, int timeout) const {
  for (;;) {
    sockaddr_nl sender{};
    iovec part{buffer.data(), buffer.size()};
    msghdr header{};
    header.msg_name = &sender;
    header.msg_namelen = sizeof sender;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const ssize_t size = ::recvmsg(fd(), &header, 0);
    if (size >= 0) {
      return Datagram{.bytes = buffer.first(static_cast<std::size_t>(size)),
                      .sender = sender.nl_pid,
                      .truncated = (header.msg_flags & MSG_TRUNC) != 0};
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return FailWithErrno("recvmsg");
    if (auto ready = WaitReadable(fd(), timeout); !ready) return Fail(std::move(ready).error());
  }
}

}  // namespace subflowd::netlink
