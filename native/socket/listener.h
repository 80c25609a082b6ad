// Listeners for the joins to an announced address: nobody else is served there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "netlink/address.h"
#include "netlink/failure.h"
#include "netlink/file_descriptor.h"

namespace subflowd {

/// An MPTCP listener at this address alone. `ifindex` matters for link-local addresses.
Outcome<FileDescriptor> OpenListener(const SocketAddress& at, std::uint32_t ifindex,
                                     const std::string& netns);

/// Accepts what waits there, but no more than `most`, and resets it. The kernel hands joins to
/// their connections by itself, so that only what nobody asked for gets here. Returns how many it
/// was.
std::size_t ResetWaiting(int listener, std::size_t most);

}  // namespace subflowd
