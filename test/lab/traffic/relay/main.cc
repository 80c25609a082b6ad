// Joins two interfaces as if a long wire lay between them: what netem does, where there is no
// netem.

#include <sched.h>

#include <algorithm>

#include "../common/arguments.h"
#include "../common/console.h"
#include "../common/line.h"
#include "../common/loop.h"
#include "port.h"
#include "wire.h"

namespace {

constexpr const char* kUsage =
    "usage: relay --between IFACE IFACE [--delay MS] [--rate MBIT] [--queue PACKETS]\n"
    "  each way: MS until a frame arrives, MBIT/s, PACKETS that may wait before they are dropped\n"
    "  on standard input: drop (everything, what is under way too) | pass | report | quit";

constexpr int64_t kMostLateness = 500'000;

/** Carries frames from one port to the other. */
class Direction : public Watcher {
 public:
  Direction(Loop& loop, Port& from, Port& to, const WireSettings& settings)
      : loop_(loop), from_(from), to_(to), wire_(settings) {
    loop_.watch(from_.fd(), EPOLLIN, this);
  }

  void ready(uint32_t) override {
    while (auto frame = from_.receive()) {
      if (dropping_ || !wire_.accept(std::move(*frame), now_ns())) ++dropped_;
    }
    deliver();
  }

  void drop(bool everything) {
    dropping_ = everything;
    if (everything) wire_.clear();
  }

  void report(Line& line, const std::string& name) const {
    line.count(name + "_forwarded", forwarded_).count(name + "_dropped", dropped_);
  }

 private:
  void deliver() {
    const int64_t now = now_ns() + lateness_ns_ / 2;
    while (wire_.next_arrival().value_or(now + 1) <= now)
      ++(to_.send(wire_.take()) ? forwarded_ : dropped_);
    const auto next = wire_.next_arrival();
    if (!next || armed_) return;
    armed_ = true;
    // An idle virtual processor takes its time to wake up, so it is called as much earlier.
    const int64_t call = *next - lateness_ns_;
    loop_.at(call, [this, call] {
      armed_ = false;
      const int64_t late = std::min(now_ns() - call, kMostLateness);
      lateness_ns_ += (late - lateness_ns_) / 8;
      deliver();
    });
  }

  Loop& loop_;
  Port& from_;
  Port& to_;
  Wire wire_;
  bool armed_ = false;
  int64_t lateness_ns_ = 0;
  bool dropping_ = false;
  int64_t forwarded_ = 0;
  int64_t dropped_ = 0;
};

// A relay that waits for its turn on a busy machine would be measured as a slower path.
void run_first() {
  const sched_param priority{.sched_priority = 1};
  sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &priority);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv, kUsage);
  const auto [left_name, right_name] = arguments.pair("--between");
  const WireSettings settings{
      .delay_ns = from_ms(arguments.number("--delay", 0)),
      .bytes_per_ns = arguments.number("--rate", 0) / 8 / 1000,
      .queue = static_cast<size_t>(arguments.integer("--queue", 0)),
  };
  arguments.finish();

  run_first();
  Loop loop;
  Port left(left_name);
  Port right(right_name);
  Direction up(loop, left, right, settings);
  Direction down(loop, right, left, settings);
  Console console(loop, [&](const std::string& word) {
    if (word == "drop" || word == "pass")
      for (Direction* direction : {&up, &down}) direction->drop(word == "drop");
    Line line;
    line.text("answer", word);
    up.report(line, "up");
    down.report(line, "down");
    if (word == "quit") loop.stop();
  });
  Line().boolean("ready", true);
  loop.run();
}
