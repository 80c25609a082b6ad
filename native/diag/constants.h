// Numbers of sock_diag that concern MPTCP (net/mptcp/diag.c and mptcp_diag.c, as documented in
// Linux 6.18) and offsets in the structures that it copies out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace subflowd::diag {

/// IPPROTO_MPTCP does not fit the request's own field.
constexpr std::uint32_t kProtocolMptcp = 262;
constexpr char kUlpName[] = "mptcp";

/// Attributes in INET_ULP_INFO_MPTCP.
enum UlpAttribute : std::uint16_t {
  kUlpTokenLocal = 2,  // u32
  kUlpFlags = 8,       // u32
  kUlpIdRemote = 9,    // u8
  kUlpIdLocal = 10,    // u8
};

/// Bits of kUlpFlags.
enum UlpFlag : std::uint32_t {
  kCapableLocal = 1 << 1,  // sent the MP_CAPABLE SYN
  kJoinRemote = 1 << 2,
  kJoinLocal = 1 << 3,     // sent the MP_JOIN SYN
  kBackupRemote = 1 << 4,  // the peer asked for backup
  kBackupLocal = 1 << 5,   // we asked for backup
  kFullyEstablished = 1 << 6,
};

/// In struct mptcp_info, which grows at its end.
constexpr std::size_t kMptcpInfoFlags = 8;
constexpr std::size_t kMptcpInfoToken = 12;
constexpr std::uint32_t kMptcpInfoFallback = 1;

/// In struct tcp_info.
constexpr std::size_t kTcpInfoRtt = 68;

/// Numbers of the kernel's TCP states (include/net/tcp_states.h).
enum TcpState : std::uint8_t {
  kEstablished = 1,
  kSynSent,
  kSynRecv,
  kFinWait1,
  kFinWait2,
  kTimeWait,
  kClose,
  kCloseWait,
  kLastAck,
  kListen,
  kClosing,
  kNewSynRecv,
  kBoundInactive,
};

constexpr std::uint32_t Bit(TcpState state) { return 1u << state; }

/// Whatever can carry data, or could: the states up to CLOSING but LISTEN.
constexpr std::uint32_t kConnectionStates = 0xfff & ~Bit(kListen);
/// Those in which a TCP socket still belongs to its connection.
constexpr std::uint32_t kSubflowStates = 0xb3f;

}  // namespace subflowd::diag
