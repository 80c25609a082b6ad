// Numbers of the `mptcp_pm` family, as its specification documents them
// (Documentation/netlink/specs/mptcp_pm.yaml, state of Linux 6.18).
#pragma once

#include <cstdint>

namespace subflowd::mptcp {

constexpr char kFamilyName[] = "mptcp_pm";
constexpr char kEventGroup[] = "mptcp_pm_events";
constexpr std::uint8_t kVersion = 1;

enum Operation : std::uint8_t {
  kAddAddr = 1,
  kDelAddr = 2,
  kGetAddr = 3,
  kFlushAddrs = 4,
  kSetLimits = 5,
  kGetLimits = 6,
  kSetFlags = 7,
  kAnnounce = 8,
  kRemove = 9,
  kSubflowCreate = 10,
  kSubflowDestroy = 11,
};

/// Attributes of requests and replies. Integers are in host order, ports too.
enum RequestAttribute : std::uint16_t {
  kAddress = 1,       // nest of AddressAttribute
  kRcvAddAddrs = 2,   // u32
  kSubflows = 3,      // u32
  kToken = 4,         // u32
  kLocalId = 5,       // u8
  kAddressRemote = 6  // nest of AddressAttribute
};

enum AddressAttribute : std::uint16_t {
  kAddrFamily = 1,   // u16
  kAddrId = 2,       // u8
  kAddr4 = 3,        // 4 bytes
  kAddr6 = 4,        // 16 bytes
  kAddrPort = 5,     // u16
  kAddrFlags = 6,    // u32
  kAddrIfindex = 7,  // s32
};

/// Bits of kAddrFlags that this daemon sets by itself.
enum AddressFlag : std::uint32_t { kSignal = 1, kBackup = 4 };

enum EventNumber : std::uint8_t {
  kEventCreated = 1,
  kEventEstablished = 2,
  kEventClosed = 3,
  kEventAnnounced = 6,
  kEventRemoved = 7,
  kEventSubEstablished = 10,
  kEventSubClosed = 11,
  kEventSubPriority = 13,
  kEventListenerCreated = 15,
  kEventListenerClosed = 16,
};

/// Attributes of events. Ports are in network order here; the rest is in host order.
enum EventAttribute : std::uint16_t {
  kEventToken = 1,         // u32
  kEventFamily = 2,        // u16; `announced` has none
  kEventLocalId = 3,       // u8
  kEventRemoteId = 4,      // u8
  kEventSource4 = 5,       // 4 bytes
  kEventSource6 = 6,       // 16 bytes
  kEventDest4 = 7,         // 4 bytes
  kEventDest6 = 8,         // 16 bytes
  kEventSourcePort = 9,    // u16
  kEventDestPort = 10,     // u16
  kEventBackup = 11,       // u8
  kEventError = 12,        // u8
  kEventFlags = 13,        // u16, bits of EventFlag
  kEventIfindex = 15,      // s32
  kEventResetReason = 16,  // u32
  kEventResetFlags = 17,   // u32
  kEventServerSide = 18,   // u8; since 6.18 only where it is 1
};

enum EventFlag : std::uint16_t {
  kDenyJoinId0 = 1,  // since 6.17
  kServerSide = 2,   // since 6.18
};

}  // namespace subflowd::mptcp
