// Role `sequence`: one connection after the other, each until it has its additional subflows.

#include "../common/console.h"
#include "../common/line.h"
#include "roles.h"
#include "stream.h"
#include "target.h"

namespace {

constexpr size_t kRequest = 64;
constexpr double kPollMs = 0.1;

struct Options {
  explicit Options(Arguments& arguments)
      : count(arguments.integer("--count", 1)),
        subflows(arguments.integer("--subflows", 1)),
        deadline_ns(from_ms(arguments.number("--deadline", 1000))),
        hold_ns(from_ms(arguments.number("--hold", 0))),
        told(arguments.flag("--told")),
        verbose(arguments.flag("--verbose")) {}

  const int count;
  const int subflows;
  const int64_t deadline_ns;
  const int64_t hold_ns;
  /** Each lasts until a line comes on standard input. */
  const bool told;
  const bool verbose;
};

class Member;

struct Sequence {
  Loop& loop;
  const Options& options;
  const Target& target;
  int begun = 0;
  int joined = 0;
  int failed = 0;
  std::unique_ptr<Member> current = nullptr;

  void next();
};

class Member : public Stream {
 public:
  Member(Sequence& sequence, int number)
      : Stream(sequence.loop, must(sequence.target.open(number), "connect")),
        sequence_(sequence),
        number_(number) {}

  void told() {
    if (established_ns_ != 0) finish();
  }

 private:
  void connected() override {
    const char question[kRequest] = {};
    if (send(fd_, question, kRequest, MSG_NOSIGNAL) != kRequest) end("not sent", errno);
  }

  void readable() override {
    char bytes[kRequest];
    received_ += receive(bytes, kRequest);
    if (over() || received_ < kRequest || established_ns_ != 0) return;
    const auto info = mptcp_info(fd_);
    if (!info) return end("fell back to TCP");
    token_ = info->token;
    established_ns_ = now_ns();
    look();
  }

  void look() {
    if (over() || finishing_) return;
    const int64_t elapsed = now_ns() - established_ns_;
    const bool there = established_subflows(fd_) > sequence_.options.subflows;
    if (!there && elapsed < sequence_.options.deadline_ns)
      return later(from_ms(kPollMs), &Member::look);
    if (there) ++sequence_.joined;
    if (sequence_.options.verbose)
      Line()
          .count("connection", number_)
          .count("token", token_)
          .boolean("joined", there)
          .decimal("ms", to_ms(elapsed));
    if (!sequence_.options.told) later(sequence_.options.hold_ns, &Member::finish);
  }

  /** Not for `this`, which may be gone by then, but for the connection that is current still. */
  void later(int64_t wait_ns, void (Member::*action)()) {
    loop_.at(now_ns() + wait_ns, [&sequence = sequence_, number = number_, action] {
      Member* const current = sequence.current.get();
      if (current != nullptr && current->number_ == number) (current->*action)();
    });
  }

  void ended(const char* why, int error) override {
    if (why != nullptr) {
      ++sequence_.failed;
      report_failure(number_, why, error);
    }
    sequence_.next();
  }

  Sequence& sequence_;
  const int number_;
  uint32_t token_ = 0;
  int64_t established_ns_ = 0;
  size_t received_ = 0;
};

/** What is over stays until the loop is done with it: its timers and events may still name it. */
void Sequence::next() {
  if (current) loop.retire(std::move(current));
  if (begun == options.count) return loop.stop();
  const int number = begun++;
  current = std::make_unique<Member>(*this, number);
}

}  // namespace

int sequence(Arguments& arguments) {
  const Target target(arguments);
  const Options options(arguments);
  arguments.finish();
  Loop loop;
  Sequence sequence{loop, options, target};
  const int64_t began_ns = now_ns();
  const auto report = [&] {
    Line()
        .text("role", "sequence")
        .count("connections", sequence.begun)
        .count("joined", sequence.joined)
        .count("failed", sequence.failed)
        .decimal("seconds", to_ms(now_ns() - began_ns) / 1000);
  };
  Console console(loop, [&](const std::string& word) {
    if (word == "quit") return loop.stop();
    if (word == "report") return report();
    if (sequence.current) sequence.current->told();
  });
  sequence.next();
  loop.run();
  report();
  return sequence.failed == 0 ? 0 : 1;
}
