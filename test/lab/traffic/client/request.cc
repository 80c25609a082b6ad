// Role `request`: small questions and answers, and how long each took.

#include <algorithm>
#include <memory>
#include <vector>

#include "../common/console.h"
#include "../common/line.h"
#include "../common/loop.h"
#include "roles.h"
#include "stream.h"
#include "target.h"

namespace {

struct Options {
  explicit Options(Arguments& arguments)
      : every_ns(from_ms(arguments.number("--every", 0))),
        connections(arguments.integer("--connections", 1)),
        count(arguments.integer("--count", 0)),
        size(static_cast<size_t>(arguments.integer("--size", 64))),
        verbose(arguments.flag("--verbose")) {}

  const int64_t every_ns;
  const int connections;
  const int64_t count;
  const size_t size;
  const bool verbose;
};

/** What was measured since the last mark. */
class Durations {
 public:
  void add(int64_t ns) { all_.push_back(ns); }
  void clear() { all_.clear(); }

  /** `waiting_ns`: how long the oldest unanswered request has waited so far. */
  void report(Line& line, int64_t waiting_ns) {
    std::sort(all_.begin(), all_.end());
    const int64_t median = all_.empty() ? 0 : all_[all_.size() / 2];
    const int64_t shortest = all_.empty() ? 0 : all_.front();
    const int64_t longest = std::max(all_.empty() ? 0 : all_.back(), waiting_ns);
    line.count("requests", static_cast<int64_t>(all_.size()))
        .decimal("min_ms", to_ms(shortest))
        .decimal("median_ms", to_ms(median))
        .decimal("max_ms", to_ms(longest))
        .decimal("waiting_ms", to_ms(waiting_ns));
  }

 private:
  std::vector<int64_t> all_;
};

/** What all connections of this run share. */
struct Run {
  Loop& loop;
  const Options& options;
  Durations durations;
  int64_t asked = 0;
  int open = 0;
  bool failed = false;

  bool may_ask() const { return options.count == 0 || asked < options.count; }
};

/** One connection: asks, waits for the whole answer, asks again when it is time. */
class Session : public Stream {
 public:
  Session(Run& run, const Target& target, int number)
      : Stream(run.loop, must(target.open(number), "connect")),
        run_(run),
        number_(number),
        answer_(run.options.size) {}

  int64_t waiting_since() const { return waiting_ ? sent_ns_ : 0; }

 private:
  void connected() override { ask(); }

  void ask() {
    if (finishing_ || over()) return;
    if (!run_.may_ask()) return finish();
    request_ = run_.asked++;
    question_.assign(run_.options.size, static_cast<char>('a' + request_ % 26));
    received_ = 0;
    waiting_ = true;
    sent_ns_ = now_ns();
    if (send(fd_, question_.data(), question_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(question_.size()))
      end("not sent", errno);
  }

  void readable() override {
    received_ += receive(answer_.data() + received_, answer_.size() - received_);
    if (!over() && received_ == answer_.size()) answered();
  }

  void answered() {
    const int64_t now = now_ns();
    waiting_ = false;
    received_ = 0;
    if (!std::equal(question_.begin(), question_.end(), answer_.begin()))
      return end("the answer is another's");
    if (!mptcp_info(fd_)) return end("fell back to TCP");
    run_.durations.add(now - sent_ns_);
    if (run_.options.verbose)
      Line()
          .count("request", request_)
          .count("connection", number_)
          .count("sent_ns", sent_ns_)
          .decimal("ms", to_ms(now - sent_ns_));
    const int64_t due = sent_ns_ + run_.options.every_ns;
    if (due <= now) return ask();
    loop_.at(due, [this] { ask(); });
  }

  void ended(const char* why, int error) override {
    waiting_ = false;
    if (why != nullptr) {
      run_.failed = true;
      report_failure(number_, why, error);
    }
    if (--run_.open == 0) loop_.stop();
  }

  Run& run_;
  const int number_;
  bool waiting_ = false;
  int64_t sent_ns_ = 0;
  int64_t request_ = 0;
  std::string question_;
  std::vector<char> answer_;
  size_t received_ = 0;
};

}  // namespace

int request(Arguments& arguments) {
  const Target target(arguments);
  const Options options(arguments);
  arguments.finish();
  raise_descriptor_limit();

  Loop loop;
  Run run{loop, options, {}};
  std::vector<std::unique_ptr<Session>> sessions;
  const auto report = [&](const std::string& asked) {
    int64_t waiting = 0;
    for (const auto& session : sessions)
      if (const int64_t since = session->waiting_since())
        waiting = std::max(waiting, now_ns() - since);
    Line line;
    line.text("answer", asked).count("ns", now_ns());
    run.durations.report(line, waiting);
  };
  Console console(loop, [&](const std::string& word) {
    if (word == "mark" || word == "report") report(word);
    if (word == "mark") run.durations.clear();
    if (word != "quit") return;
    for (const auto& session : sessions) session->finish();
    // The peer may be out of reach for ever: what it has not confirmed by then it never will.
    loop.at(now_ns() + from_ms(kPatienceMs), [&] { loop.stop(); });
  });
  for (int i = 0; i < options.connections; ++i)
    sessions.push_back(std::make_unique<Session>(run, target, i));
  run.open = options.connections;
  loop.run();
  report("quit");
  return run.failed ? 1 : 0;
}
