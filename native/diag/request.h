// Requests of sock_diag (NETLINK_SOCK_DIAG): each function appends one whole message.
#pragma once

#include <cstdint>

#include "netlink/address.h"
#include "netlink/bytes.h"

namespace subflowd::diag {

/// All MPTCP sockets of a family but listeners.
void RequestSockets(IpFamily family, std::uint32_t sequence, Buffer& out);

/// All TCP sockets of a family that can be subflows; the kernel has no filter for those that are.
void RequestSubflows(IpFamily family, std::uint32_t sequence, Buffer& out);

/// The one MPTCP socket with this token, whatever its family.
void RequestSocket(std::uint32_t token, std::uint32_t sequence, Buffer& out);

/// The one TCP socket with these addresses. A socket that is bound to an interface is found only
/// where that is given.
void RequestSubflow(const SocketAddress& local, const SocketAddress& remote, std::uint32_t ifindex,
                    std::uint32_t sequence, Buffer& out);

}  // namespace subflowd::diag
