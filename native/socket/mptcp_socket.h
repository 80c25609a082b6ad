// MPTCP sockets as applications have them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "netlink/address.h"
#include "netlink/failure.h"
#include "netlink/file_descriptor.h"

namespace subflowd {

struct MptcpSocketOptions {
  IpFamily family = IpFamily::kIpv4;
  std::string netns;
  std::optional<SocketAddress> bind;
  std::optional<int> listen;  ///< backlog
  std::uint32_t scope = 0;    ///< interface of a link-local address to bind to
  bool v6_only = false;
};

/// Non-blocking, close-on-exec and not connected.
Outcome<FileDescriptor> OpenMptcpSocket(const MptcpSocketOptions& options);

/// Token of the connection on a socket; nothing while there is none, and for what is plain TCP or
/// became it.
Outcome<std::optional<std::uint32_t>> ConnectionToken(int fd);

}  // namespace subflowd
