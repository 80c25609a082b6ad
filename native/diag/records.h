// A connection and its subflows as sock_diag shows them.
#pragma once

#include <cstdint>

#include "diag/constants.h"
#include "netlink/address.h"

namespace subflowd::diag {

struct MptcpSocket {
  std::uint32_t token = 0;
  std::uint8_t state = 0;  ///< TcpState, or a number newer than this version
  IpFamily family = IpFamily::kIpv4;
  SocketAddress local;
  SocketAddress remote;
  std::uint32_t uid = 0;
  std::uint32_t inode = 0;
  bool fallback = false;

  bool operator==(const MptcpSocket&) const = default;
};

struct Subflow {
  std::uint32_t token = 0;
  std::uint8_t state = 0;
  IpFamily family = IpFamily::kIpv4;
  SocketAddress local;
  SocketAddress remote;
  std::uint8_t local_id = 0;
  std::uint8_t remote_id = 0;
  std::uint32_t ifindex = 0;
  std::uint32_t uid = 0;
  bool initial = false;
  bool initiated_here = false;
  bool backup_local = false;
  bool backup_remote = false;
  bool fully_established = false;
  std::uint32_t rtt = 0;  ///< µs

  bool operator==(const Subflow&) const = default;
};

}  // namespace subflowd::diag
