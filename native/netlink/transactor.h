// Requests and their answers, one exchange after another, on a socket that nothing else uses.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "netlink/extended_ack.h"
#include "netlink/failure.h"
#include "netlink/message.h"
#include "netlink/sequence.h"
#include "netlink/socket.h"

namespace subflowd::netlink {

class Transactor {
 public:
  using Visitor = std::function<void(const Message&)>;
  /// Appends one request with this sequence number.
  using Builder = std::function<void(Buffer& out, std::uint32_t sequence)>;

  struct Ending {
    std::optional<Refusal> refusal;
    bool interrupted = false;  ///< what was dumped changed meanwhile (NLM_F_DUMP_INTR)
  };

  explicit Transactor(const Socket& socket);

  /// Sends one request that the kernel acknowledges (NLM_F_ACK); visits what it answers before.
  Outcome<Ending> Request(const Builder& build, const Visitor& visit);

  /// Sends one dump request. An interrupted dump is run again, after `restart` (which is called
  /// before the first run, too); one that never succeeds fails with EBUSY.
  Outcome<Ending> Dump(const Builder& build, const std::function<void()>& restart,
                       const Visitor& visit);

  /// Writes requests at once that are collected afterwards, each once and in this order.
  Outcome<Done> Send(const Buffer& requests) const;
  Outcome<Ending> Collect(std::uint32_t sequence, const Visitor& visit);

  std::uint32_t NextSequence() { return sequence_.Reserve(1); }

 private:
  const Socket& socket_;
  Buffer request_;
  Buffer reply_;
  SequenceCounter sequence_;
};

/// The failure that a refused request is to whoever cannot go on without it.
Failure FailureOf(const Refusal& refusal);

}  // namespace subflowd::netlink
