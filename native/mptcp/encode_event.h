// Events as the kernel writes them: for tests, and for whoever plays the kernel.
#pragma once

#include "mptcp/event.h"
#include "netlink/bytes.h"

namespace subflowd::mptcp {

/// Appends the event's attributes, in the kernel's order.
void EncodeEvent(const Event& event, Buffer& out);

/// The command of the generic message that carries it.
std::uint8_t NumberOf(const Event& event);

}  // namespace subflowd::mptcp
