// Answers of sock_diag: the body of one message → MptcpSocket or Subflow.
#pragma once

#include <optional>

#include "diag/records.h"
#include "netlink/attributes.h"

namespace subflowd::diag {

/// An MPTCP socket; nothing where the kernel gave no token for it.
netlink::Decoded<std::optional<MptcpSocket>> DecodeSocket(Bytes body);

/// A subflow; nothing for a TCP socket that belongs to no MPTCP connection.
netlink::Decoded<std::optional<Subflow>> DecodeSubflow(Bytes body);

}  // namespace subflowd::diag
