// Answers of sock_diag: the body of one message → MptcpSocket or Subflow.
#pragma once

#include <optional>

#include "diag/records.h"
#include "netlink/attributes.h"

namespace subflowd::diag {

/// An MPTCP socket; nothing for one that is no connection. Token 0 says that it is one, and that
/// the kernel told no more of it.
netlink::Decoded<std::optional<MptcpSocket>> DecodeSocket(Bytes body);

/// A subflow; nothing for a TCP socket that belongs to no MPTCP connection. Token 0 as above.
netlink::Decoded<std::optional<Subflow>> DecodeSubflow(Bytes body);

}  // namespace subflowd::diag
