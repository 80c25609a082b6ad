// Events of `mptcp_pm_events`: bytes → Event.
#pragma once

#include "mptcp/event.h"
#include "netlink/attributes.h"

namespace subflowd::mptcp {

/// `number` is the command of the generic message, `attributes` what follows its header.
netlink::Decoded<Event> DecodeEvent(std::uint8_t number, Bytes attributes);

/// Every attribute as it came, also of events that are known.
netlink::Decoded<UnknownEvent> DecodeRawEvent(std::uint8_t number, Bytes attributes);

}  // namespace subflowd::mptcp
