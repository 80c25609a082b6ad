// Blocks its thread until the kernel has answered.
#include "netlink/transactor.h"

namespace subflowd::netlink {
namespace {

/// The kernel fills at most 32 KiB of a dump at a time (netlink_recvmsg).
constexpr std::size_t kReplySize = 64 * 1024;
/// Requests are handled inside sendmsg(2): only a lost answer is ever waited for.
constexpr int kTimeout = 5000;
constexpr int kAttempts = 20;

}  // namespace

Transactor::Transactor(const Socket& socket) : socket_(socket), reply_(kReplySize) {}

Outcome<Transactor::Ending> Transactor::Request(const Builder& build, const Visitor& visit) {
  const std::uint32_t sequence = NextSequence();
  request_.clear();
  build(request_, sequence);
  if (auto sent = Send(request_); !sent) return Fail(std::move(sent).error());
  return Collect(sequence, visit);
}

Outcome<Transactor::Ending> Transactor::Dump(const Builder& build,
                                             const std::function<void()>& restart,
                                             const Visitor& visit) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    restart();
    auto ending = Request(build, visit);
    if (!ending || !ending->interrupted) return ending;
  }
  return Fail({.number = EBUSY,
               .syscall = "recvmsg",
               .explanation = "every dump was interrupted by a change"});
}

Outcome<Done> Transactor::Send(const Buffer& requests) const { return socket_.Send(requests); }

Outcome<Transactor::Ending> Transactor::Collect(std::uint32_t sequence, const Visitor& visit) {
  Ending ending;
  for (;;) {
    const auto datagram = socket_.Receive(reply_, kTimeout);
    if (!datagram) return Fail(datagram.error());
    if (datagram->sender != 0) continue;
    if (datagram->truncated) return Fail({.number = EMSGSIZE, .syscall = "recvmsg"});
    MessageReader reader(datagram->bytes);
    while (reader.Next()) {
      const Message& message = reader.message();
      // Late answers to an exchange that failed are of no interest any more.
      if (!message.Answers(socket_.port(), sequence)) continue;
      ending.interrupted |= (message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (IsEnding(message)) {
        ending.refusal = RefusalIn(message);
        return ending;
      }
      visit(message);
    }
    if (reader.malformed()) return Fail({.number = EBADMSG, .syscall = "recvmsg"});
  }
}

Failure FailureOf(const Refusal& refusal) {
  return {
      .number = refusal.number, .syscall = "sendmsg", .explanation = {}, .extack = refusal.text};
}

}  // namespace subflowd::netlink
