// Roles `download` and `upload`: as much as the connection carries, one way.

#include <array>

#include "../common/console.h"
#include "../common/line.h"
#include "../common/silence.h"
#include "roles.h"
#include "stream.h"
#include "target.h"

namespace {

class Bulk : public Stream {
 public:
  Bulk(Loop& loop, const Target& target) : Stream(loop, must(target.open(0), "connect")) {}

  virtual void mark() = 0;
  virtual void report(Line& line) const = 0;
  bool failed() const { return failed_; }

 protected:
  void ended(const char* why, int error) override {
    failed_ = why != nullptr;
    if (failed_) report_failure(0, why, error);
    loop_.stop();
  }

  bool still_mptcp() {
    if (mptcp_info(fd_)) return true;
    end("fell back to TCP");
    return false;
  }

  std::array<char, 256 * 1024> bytes_{};

 private:
  bool failed_ = false;
};

/** Measures how long this application, the receiving one, hears nothing. */
class Download : public Bulk {
 public:
  using Bulk::Bulk;
  void mark() override { silence_.mark(); }
  void report(Line& line) const override { silence_.report(line); }

 private:
  void connected() override {}
  void readable() override {
    const size_t size = receive(bytes_.data(), bytes_.size());
    if (size > 0 && still_mptcp()) silence_.heard(size);
  }

  Silence silence_;
};

/** What matters here is the silence that the peer measures: ask that. */
class Upload : public Bulk {
 public:
  using Bulk::Bulk;
  void mark() override { sent_ = 0; }
  void report(Line& line) const override { line.count("sent", sent_); }

 private:
  void connected() override { await(EPOLLIN | EPOLLOUT); }
  void readable() override { receive(bytes_.data(), bytes_.size()); }
  void writable() override {
    if (finishing_) return;
    for (;;) {
      const ssize_t size = send(fd_, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
      if (size < 0 && errno == EAGAIN) break;
      if (size < 0) return end("broken", errno);
      sent_ += size;
    }
    still_mptcp();
  }

  int64_t sent_ = 0;
};

template <typename Role>
int transfer(Arguments& arguments) {
  const Target target(arguments);
  arguments.finish();
  Loop loop;
  Role role(loop, target);
  const auto report = [&](const std::string& asked) {
    Line line;
    line.text("answer", asked).count("ns", now_ns());
    role.report(line);
  };
  Console console(loop, [&](const std::string& word) {
    if (word == "mark" || word == "report" || word == "quit") report(word);
    if (word == "mark") role.mark();
    if (word != "quit") return;
    role.finish();
    loop.at(now_ns() + from_ms(kPatienceMs), [&] { loop.stop(); });
  });
  loop.run();
  return role.failed() ? 1 : 0;
}

}  // namespace

int download(Arguments& arguments) { return transfer<Download>(arguments); }
int upload(Arguments& arguments) { return transfer<Upload>(arguments); }
