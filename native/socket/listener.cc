// A full queue of connections to accept keeps joins out, too: so it is long, and is emptied at
// once.
#include "socket/listener.h"

#include <sys/socket.h>

#include "socket/mptcp_socket.h"

namespace subflowd {

Outcome<FileDescriptor> OpenListener(const SocketAddress& at, std::uint32_t ifindex,
                                     const std::string& netns) {
  return OpenMptcpSocket({.family = at.address.family,
                          .netns = netns,
                          .bind = at,
                          .listen = SOMAXCONN,
                          .scope = ifindex,
                          .v6_only = at.address.family == IpFamily::kIpv6});
}

std::size_t ResetWaiting(int listener, std::size_t most) {
  for (std::size_t count = 0; count < most;) {
    const FileDescriptor accepted(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (accepted) {
      // Closed without lingering, a connection ends with a reset instead of a FIN.
      const linger none{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(accepted.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
      ++count;
    } else if (errno != ECONNABORTED && errno != EINTR) {
      return count;
    }
  }
  return most;
}

}  // namespace subflowd
