// How the kernel ends an exchange: well, or with an error and its explanation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "netlink/message.h"

namespace subflowd::netlink {

/// A request that the kernel refused, and what its extended ack says about it.
struct Refusal {
  int number = 0;                         ///< errno, positive
  std::string text{};                     ///< empty where the kernel gave none
  std::optional<std::uint32_t> offset{};  ///< of the offending attribute in the request
  std::optional<std::uint16_t> missing{};

  bool operator==(const Refusal&) const = default;
};

/// Says whether this message ends an exchange (NLMSG_ERROR, which acks are too, or NLMSG_DONE).
bool IsEnding(const Message& message);

/// The refusal that an ending carries, a dump's in NLMSG_DONE included. One that is cut off counts
/// as refused with EBADMSG.
std::optional<Refusal> RefusalIn(const Message& ending);

}  // namespace subflowd::netlink
