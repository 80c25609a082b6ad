// Commands as the kernel reads them: for tests, and for whoever plays the kernel.
#pragma once

#include "mptcp/command.h"
#include "netlink/attributes.h"
#include "netlink/message.h"

namespace subflowd::mptcp {

/// `message` is a whole request of the `mptcp_pm` family.
netlink::Decoded<Command> DecodeCommand(const netlink::Message& message);

/// The same with every attribute as it is, and no meaning read into it.
netlink::Decoded<RawRequest> DecodeRawRequest(const netlink::Message& message);

}  // namespace subflowd::mptcp
