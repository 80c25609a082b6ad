#include "socket.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "namespace.h"
#include "result.h"

namespace subflowd::netlink {

namespace {

// Option names that older C libraries lack.
constexpr int kExtAck = 11;
constexpr int kStrictCheck = 12;

int open_socket(int protocol, const std::string& netns) {
  const InNamespace there(netns);
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (fd < 0) throw Failure("socket", errno);
  return fd;
}

}  // namespace

Socket::Socket(int protocol, const SocketOptions& options)
    : fd_(open_socket(protocol, options.netns)),
      space_(std::make_unique_for_overwrite<uint8_t[]>(kBatch * kDatagram)) {
  try {
    set_option(SOL_NETLINK, kExtAck, 1);
    set_option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    // Before Linux 4.20 there is no strict checking: dumps are then filtered by nobody.
    const int on = 1;
    setsockopt(fd_, SOL_NETLINK, kStrictCheck, &on, sizeof on);
    if (options.receive_buffer != 0) grow_receive_buffer(options.receive_buffer);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    socklen_t size = sizeof address;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) < 0)
      throw Failure("bind", errno);
    port_ = address.nl_pid;
  } catch (...) {
    close(fd_);
    throw;
  }
  for (size_t i = 0; i < kBatch; ++i) {
    vectors_[i] = {space_.get() + i * kDatagram, kDatagram};
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_name = &senders_[i];
  }
}

Socket::~Socket() { close(fd_); }

void Socket::set_option(int level, int option, int value) {
  if (setsockopt(fd_, level, option, &value, sizeof value) < 0) throw Failure("setsockopt", errno);
}

/** SO_RCVBUFFORCE is refused outside the initial user namespace: then as much as the system allows. */
void Socket::grow_receive_buffer(uint32_t bytes) {
  const int value = static_cast<int>(std::min<uint32_t>(bytes, 1U << 30));
  if (setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &value, sizeof value) == 0) return;
  set_option(SOL_SOCKET, SO_RCVBUF, value);
}

uint32_t Socket::receive_buffer() const {
  int value = 0;
  socklen_t size = sizeof value;
  if (getsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &value, &size) < 0) throw Failure("getsockopt", errno);
  return static_cast<uint32_t>(value);
}

void Socket::join(uint32_t group) {
  set_option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, static_cast<int>(group));
}

void Socket::send(Bytes messages) {
  const ssize_t sent = ::send(fd_, messages.data(), messages.size(), 0);
  if (sent < 0) throw Failure("send", errno);
}

Received Socket::receive() {
  Received received;
  for (auto& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_nl);
  const int count = recvmmsg(fd_, headers_.data(), kBatch, 0, nullptr);
  if (count < 0) {
    if (errno == ENOBUFS) received.lost = 1;
    else if (errno == EAGAIN) received.drained = true;
    else if (errno != EINTR) throw Failure("recvmmsg", errno);
    return received;
  }
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    // Any process may send to a netlink socket: only port 0 is the kernel.
    if (senders_[i].nl_pid != 0) continue;
    if ((headers_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) received.truncated = true;
    else received.datagrams.emplace_back(space_.get() + i * kDatagram, headers_[i].msg_len);
  }
  return received;
}

bool Socket::wait(int milliseconds) const {
  pollfd entry{fd_, POLLIN, 0};
  const int count = poll(&entry, 1, milliseconds);
  if (count < 0 && errno != EINTR) throw Failure("poll", errno);
  return count != 0;
}

}  // namespace subflowd::netlink
