// What sock_diag tells of MPTCP sockets and their subflows (sock_diag(7), net/mptcp/diag.c).
#pragma once

#include <cstdint>
#include <optional>

#include "../mptcp/address.h"
#include "../netlink/message.h"

namespace subflowd::diag {

/** What both kinds of sockets have. `state` is a number of the kernel's TCP states. */
struct Endpoints {
  uint8_t state = 0;
  mptcp::SocketAddress local;
  mptcp::SocketAddress remote;
  uint32_t ifindex = 0;
  uint32_t uid = 0;
  uint32_t inode = 0;

  bool operator==(const Endpoints&) const = default;
};

/** An MPTCP socket; its addresses are those of its initial subflow. */
struct Connection {
  Endpoints ends;
  uint32_t token = 0;
  bool fallback = false;

  bool operator==(const Connection&) const = default;
};

/** Bits of a subflow's flags. */
inline constexpr uint32_t kCapableRemote = 0x1;
inline constexpr uint32_t kCapableLocal = 0x2;
inline constexpr uint32_t kJoinRemote = 0x4;
inline constexpr uint32_t kJoinLocal = 0x8;
inline constexpr uint32_t kBackupRemote = 0x10;
inline constexpr uint32_t kBackupLocal = 0x20;
inline constexpr uint32_t kFullyEstablished = 0x40;

/** A TCP socket that carries a connection. */
struct Subflow {
  Endpoints ends;
  uint32_t token = 0;  // the local one of its connection
  uint8_t local_id = 0;
  uint8_t remote_id = 0;
  uint32_t flags = 0;
  uint32_t rtt = 0;  // smoothed, µs

  bool operator==(const Subflow&) const = default;
};

/** Dumps of one address family, AF_INET or AF_INET6: neither kind has one for both. */
void encode_connection_dump(netlink::Buffer& buffer, uint8_t family, uint32_t sequence);
void encode_subflow_dump(netlink::Buffer& buffer, uint8_t family, uint32_t sequence);

/** Exact look-ups. A bound socket is found with its interface alone. */
void encode_connection_query(netlink::Buffer& buffer, uint8_t family, uint32_t token, uint32_t sequence);
void encode_subflow_query(netlink::Buffer& buffer, const mptcp::SocketAddress& local,
                          const mptcp::SocketAddress& remote, uint32_t ifindex, uint32_t sequence);

/** Nothing where the message is no socket, or one without MPTCP. */
std::optional<Connection> decode_connection(const netlink::Message& message);
std::optional<Subflow> decode_subflow(const netlink::Message& message);

}  // namespace subflowd::diag
