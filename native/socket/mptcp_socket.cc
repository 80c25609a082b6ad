// socket(2) with IPPROTO_MPTCP, and the one option that tells the token.
#include "socket/mptcp_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "netlink/namespace.h"

namespace subflowd {
namespace {

constexpr int kIpprotoMptcp = 262;
constexpr int kSolMptcp = 284;
constexpr int kMptcpInfo = 1;

/// The beginning of struct mptcp_info; it grows at its end.
struct MptcpInfo {
  std::uint8_t counters[6];
  std::uint32_t flags;
  std::uint32_t token;
};

struct Sockaddr {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

template <typename T>
Sockaddr Store(const T& address) {
  Sockaddr stored;
  std::memcpy(&stored.storage, &address, sizeof address);
  stored.length = sizeof address;
  return stored;
}

Sockaddr SockaddrOf(const SocketAddress& from, std::uint32_t scope) {
  if (from.address.family == IpFamily::kIpv4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(from.port);
    std::memcpy(&address.sin_addr, from.address.bytes.data(), sizeof address.sin_addr);
    return Store(address);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(from.port);
  std::memcpy(&address.sin6_addr, from.address.bytes.data(), sizeof address.sin6_addr);
  // Linux looks at it for link-local addresses alone.
  address.sin6_scope_id = scope;
  return Store(address);
}

/// A server that restarts must not wait for the connections that its predecessor left in TIME_WAIT.
void ReuseAddress(int fd) {
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

/// The same port of IPv4 stays free for others.
void LeaveIpv4(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
}

Outcome<Done> Bind(int fd, const SocketAddress& to, std::uint32_t scope) {
  const Sockaddr address = SockaddrOf(to, scope);
  if (::bind(fd, address.get(), address.length) < 0) return FailWithErrno("bind");
  return Done{};
}

}  // namespace

Outcome<FileDescriptor> OpenMptcpSocket(const MptcpSocketOptions& options) {
  auto socket =
      OpenSocket(static_cast<int>(options.family), SOCK_STREAM, kIpprotoMptcp, options.netns);
  if (!socket) return socket;
  if (options.listen) ReuseAddress(socket->get());
  if (options.v6_only) LeaveIpv4(socket->get());
  if (options.bind) {
    if (auto bound = Bind(socket->get(), *options.bind, options.scope); !bound) {
      return Fail(std::move(bound).error());
    }
  }
  if (options.listen && ::listen(socket->get(), *options.listen) < 0) {
    return FailWithErrno("listen");
  }
  return socket;
}

Outcome<std::optional<std::uint32_t>> ConnectionToken(int fd) {
  MptcpInfo info{};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, kSolMptcp, kMptcpInfo, &info, &length) < 0) {
    const bool is_tcp = errno == EOPNOTSUPP || errno == ENOPROTOOPT;
    if (!is_tcp) return FailWithErrno("getsockopt");
    return std::optional<std::uint32_t>();
  }
  if (info.token == 0) return std::optional<std::uint32_t>();
  return std::optional(info.token);
}

}  // namespace subflowd
