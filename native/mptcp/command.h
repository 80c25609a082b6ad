// Commands of mptcp_pm as structs, and as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "../netlink/message.h"
#include "address.h"
#include "constants.h"

namespace subflowd::mptcp {

/** An address with what the path manager keeps beside it. */
struct Endpoint {
  SocketAddress at;
  uint8_t id = 0;
  uint32_t flags = 0;
  int32_t ifindex = 0;

  bool operator==(const Endpoint&) const = default;
};

struct Limits {
  std::optional<uint32_t> subflows;
  std::optional<uint32_t> add_addr_accepted;

  bool operator==(const Limits&) const = default;
};

/** One of the eleven commands; what an operation does not need stays empty. */
struct Command {
  Operation operation = Operation::kGetLimits;
  std::optional<uint32_t> token{};
  std::optional<Endpoint> local{};
  std::optional<SocketAddress> remote{};
  std::optional<uint8_t> local_id{};  // of `remove`
  Limits limits{};                    // of `set-limits`
  bool dump = false;                // of `get-addr`: all of them

  bool operator==(const Command&) const = default;
};

/** Appends the request. `family` is the number that the kernel gave mptcp_pm. */
void encode(netlink::Buffer& buffer, const Command& command, uint16_t family, uint32_t sequence);

/** The reverse, for tests: nothing where the bytes are no command. */
std::optional<Command> decode_command(const netlink::Message& message);

/** An address nest; nothing where it has no address or a malformed one. */
std::optional<Endpoint> decode_endpoint(netlink::Bytes nest);

/** What replies to `get-addr` and `get-limits` hold. */
struct Reply {
  std::vector<Endpoint> endpoints;
  Limits limits;
};

/** Adds one message to the reply. */
void decode_reply(const netlink::Message& message, Reply& reply);

}  // namespace subflowd::mptcp
