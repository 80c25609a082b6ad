// recvmmsg(2): the kernel sends each event as a datagram of its own.
#include "netlink/receiver.h"

namespace subflowd::netlink {

Receiver::Receiver(Shape shape)
    : shape_(shape),
      memory_(shape.slots * shape.size),
      senders_(shape.slots),
      parts_(shape.slots),
      headers_(shape.slots),
      datagrams_(shape.slots) {
  for (std::size_t i = 0; i < shape.slots; ++i) {
    parts_[i] = {&memory_[i * shape.size], shape.size};
    headers_[i].msg_hdr.msg_name = &senders_[i];
    headers_[i].msg_hdr.msg_iov = &parts_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

Outcome<std::span<const Datagram>> Receiver::Take(const Socket& socket) {
  for (mmsghdr& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_nl);
  int count;
  do {
    count = ::recvmmsg(socket.fd(), headers_.data(), static_cast<unsigned>(headers_.size()),
                       MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) count = 0;
  if (count < 0) return FailWithErrno("recvmmsg");
  const std::span taken(datagrams_.data(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < taken.size(); ++i) {
    taken[i] = {.bytes = Bytes(&memory_[i * shape_.size], headers_[i].msg_len),
                .sender = senders_[i].nl_pid,
                .truncated = (headers_[i].msg_hdr.msg_flags & MSG_TRUNC) != 0};
  }
  return std::span<const Datagram>(taken);
}

}  // namespace subflowd::netlink
