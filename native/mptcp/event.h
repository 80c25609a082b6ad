// Events of mptcp_pm as structs, and as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "../netlink/message.h"
#include "address.h"
#include "constants.h"

namespace subflowd::mptcp {

/** One event; what its type does not carry stays empty. */
struct Event {
  uint8_t type = 0;  // an EventType, or a number that is newer than this version
  std::optional<uint32_t> token;
  std::optional<Family> family;
  std::optional<SocketAddress> local;   // with its port
  std::optional<SocketAddress> remote;  // with its port
  uint8_t local_id = 0;
  uint8_t remote_id = 0;
  bool backup = false;
  bool server_side = false;
  bool deny_join_id0 = false;
  uint8_t error = 0;
  int32_t ifindex = 0;
  std::optional<uint32_t> reset_reason;
  std::optional<uint32_t> reset_flags;
  /** All attributes as they came; kept for events of unknown type alone. */
  std::vector<std::pair<uint16_t, netlink::Buffer>> raw;

  bool operator==(const Event&) const = default;
};

/** Is this one of the types that have a name here? */
bool is_known(uint8_t type);

/** Nothing where the bytes are no event, or lack what its type always carries. */
std::optional<Event> decode_event(const netlink::Message& message);

/** The reverse, for tests. */
void encode_event(netlink::Buffer& buffer, const Event& event, uint16_t family);

}  // namespace subflowd::mptcp
