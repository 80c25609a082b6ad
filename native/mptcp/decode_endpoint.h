// Replies of `mptcp_pm`: bytes → Endpoint, Limits.
#pragma once

#include "mptcp/endpoint.h"
#include "netlink/attributes.h"

namespace subflowd::mptcp {

/// `attributes` is what follows the generic header.
netlink::Decoded<Endpoint> DecodeEndpoint(Bytes attributes);
netlink::Decoded<Limits> DecodeLimits(Bytes attributes);

}  // namespace subflowd::mptcp
