#include "mptcp_socket.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "../netlink/namespace.h"
#include "../netlink/result.h"

namespace subflowd::socket {

namespace {

constexpr int kIpprotoMptcp = 262;
constexpr int kSolMptcp = 284;
constexpr int kMptcpInfo = 1;
constexpr size_t kTokenOffset = 12;  // in struct mptcp_info

void bind_to(int fd, const mptcp::SocketAddress& at) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (at.family == mptcp::Family::kIpv4) {
    auto* address = reinterpret_cast<sockaddr_in*>(&storage);
    address->sin_family = AF_INET;
    address->sin_port = htons(at.port);
    std::memcpy(&address->sin_addr, at.bytes.data(), at.size());
    size = sizeof *address;
  } else {
    auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
    address->sin6_family = AF_INET6;
    address->sin6_port = htons(at.port);
    std::memcpy(&address->sin6_addr, at.bytes.data(), at.size());
    size = sizeof *address;
  }
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&storage), size) < 0)
    throw netlink::Failure("bind", errno);
}

}  // namespace

int open(const Options& options) {
  const netlink::InNamespace there(options.netns);
  const int fd = ::socket(static_cast<int>(options.family),
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, kIpprotoMptcp);
  if (fd < 0) throw netlink::Failure("socket", errno);
  try {
    if (options.bind) bind_to(fd, *options.bind);
    if (options.backlog && ::listen(fd, *options.backlog) < 0)
      throw netlink::Failure("listen", errno);
  } catch (...) {
    close(fd);
    throw;
  }
  return fd;
}

std::optional<uint32_t> token(int fd) {
  uint8_t info[256] = {};
  socklen_t size = sizeof info;
  if (getsockopt(fd, kSolMptcp, kMptcpInfo, info, &size) < 0) {
    if (errno == EOPNOTSUPP) return std::nullopt;
    throw netlink::Failure("getsockopt", errno);
  }
  uint32_t token = 0;
  if (size >= kTokenOffset + sizeof token) std::memcpy(&token, info + kTokenOffset, sizeof token);
  return token;
}

}  // namespace subflowd::socket
