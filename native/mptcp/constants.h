// Numbers of the mptcp_pm generic-netlink family (Documentation/netlink/specs/mptcp_pm.yaml), in the spec's names.
#pragma once

#include <cstdint>

namespace subflowd::mptcp {

inline constexpr const char* kFamilyName = "mptcp_pm";
inline constexpr const char* kEventGroup = "mptcp_pm_events";

enum class Operation : uint8_t {
  kAddAddr = 1,
  kDelAddr,
  kGetAddr,
  kFlushAddrs,
  kSetLimits,
  kGetLimits,
  kSetFlags,
  kAnnounce,
  kRemove,
  kSubflowCreate,
  kSubflowDestroy,
};

enum class EventType : uint8_t {
  kCreated = 1,
  kEstablished = 2,
  kClosed = 3,
  kAnnounced = 6,
  kRemoved = 7,
  kSubEstablished = 10,
  kSubClosed = 11,
  kSubPriority = 13,
  kListenerCreated = 15,
  kListenerClosed = 16,
};

/** Attributes of requests and replies. */
namespace attr {
inline constexpr uint16_t kAddr = 1;  // nest
inline constexpr uint16_t kRcvAddAddrs = 2;
inline constexpr uint16_t kSubflows = 3;
inline constexpr uint16_t kToken = 4;
inline constexpr uint16_t kLocId = 5;
inline constexpr uint16_t kAddrRemote = 6;  // nest
}  // namespace attr

/** Attributes within an address. The port is in HOST order here. */
namespace addr_attr {
inline constexpr uint16_t kFamily = 1;
inline constexpr uint16_t kId = 2;
inline constexpr uint16_t kAddr4 = 3;
inline constexpr uint16_t kAddr6 = 4;
inline constexpr uint16_t kPort = 5;
inline constexpr uint16_t kFlags = 6;
inline constexpr uint16_t kIfIdx = 7;
}  // namespace addr_attr

/** Attributes of events. Ports are in NETWORK order here. */
namespace event_attr {
inline constexpr uint16_t kToken = 1;
inline constexpr uint16_t kFamily = 2;
inline constexpr uint16_t kLocId = 3;
inline constexpr uint16_t kRemId = 4;
inline constexpr uint16_t kSaddr4 = 5;
inline constexpr uint16_t kSaddr6 = 6;
inline constexpr uint16_t kDaddr4 = 7;
inline constexpr uint16_t kDaddr6 = 8;
inline constexpr uint16_t kSport = 9;
inline constexpr uint16_t kDport = 10;
inline constexpr uint16_t kBackup = 11;
inline constexpr uint16_t kError = 12;
inline constexpr uint16_t kFlags = 13;
inline constexpr uint16_t kIfIdx = 15;
inline constexpr uint16_t kResetReason = 16;
inline constexpr uint16_t kResetFlags = 17;
inline constexpr uint16_t kServerSide = 18;
}  // namespace event_attr

/** Bits of the event attribute `flags`. */
inline constexpr uint16_t kEventDenyJoinId0 = 1;
inline constexpr uint16_t kEventServerSide = 2;

/** Bits of an address's flags. */
inline constexpr uint32_t kFlagSignal = 1;
inline constexpr uint32_t kFlagBackup = 4;

}  // namespace subflowd::mptcp
