// MPTCP sockets, as applications use them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "../mptcp/address.h"

namespace subflowd::socket {

struct Options {
  mptcp::Family family = mptcp::Family::kIpv4;
  std::string netns;
  std::optional<mptcp::SocketAddress> bind;
  std::optional<int> backlog;
};

/** Non-blocking and close-on-exec. Returns the descriptor; throws netlink::Failure. */
int open(const Options& options);

/** Token of the connection; nothing once it fell back to TCP. Throws where `fd` is no MPTCP socket. */
std::optional<uint32_t> token(int fd);

}  // namespace subflowd::socket
