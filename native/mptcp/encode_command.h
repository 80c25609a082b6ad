// Commands: Command → bytes.
#pragma once

#include "mptcp/command.h"
#include "netlink/bytes.h"

namespace subflowd::mptcp {

/// Appends one whole message. Dumps end with NLMSG_DONE; everything else asks for an ack.
void EncodeCommand(const Command& command, std::uint16_t family, std::uint32_t sequence,
                   Buffer& out);

}  // namespace subflowd::mptcp
