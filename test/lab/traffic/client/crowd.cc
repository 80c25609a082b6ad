#include "crowd.h"

#include <array>

#include "stream.h"

namespace {

constexpr size_t kRequest = 64;
constexpr int64_t kFailuresTold = 5;

}  // namespace

class Member : public Stream {
 public:
  Member(Crowd& crowd, Loop& loop, int fd, int64_t number)
      : Stream(loop, fd), number(number), crowd_(crowd) {}

  const int64_t number;
  bool answered = false;

 private:
  void connected() override {
    const std::array<char, kRequest> question{};
    if (send(fd_, question.data(), question.size(), MSG_NOSIGNAL) != kRequest)
      end("not sent", errno);
  }

  void readable() override {
    std::array<char, kRequest> bytes;
    received_ += receive(bytes.data(), bytes.size());
    if (over() || answered || received_ < kRequest) return;
    if (!mptcp_info(fd_)) return end("fell back to TCP");
    answered = true;
    crowd_.member_answered(*this);
  }

  void ended(const char* why, int error) override { crowd_.member_ended(*this, why, error); }

  Crowd& crowd_;
  size_t received_ = 0;
};

Crowd::Crowd(Loop& loop, const Target& target, const CrowdSettings& settings)
    : loop_(loop), target_(target), settings_(settings) {
  members_.resize(static_cast<size_t>(settings.count));
}

Crowd::~Crowd() = default;

void Crowd::fill() {
  while (busy_ < settings_.window && begun_ < settings_.count) {
    const int64_t number = begun_++;
    const int fd = target_.open(number);
    if (fd < 0) {
      if (++failed <= kFailuresTold) report_failure(number, "connect", errno);
      continue;
    }
    ++busy_;
    ++open_;
    members_[static_cast<size_t>(number)] = std::make_unique<Member>(*this, loop_, fd, number);
  }
  settle();
}

void Crowd::member_answered(Member& member) {
  ++answered;
  if (settings_.close_each) return member.finish();
  --busy_;
  fill();
}

void Crowd::member_ended(Member& member, const char* why, int error) {
  --open_;
  if (why != nullptr && ++failed <= kFailuresTold) report_failure(member.number, why, error);
  if (why != nullptr && member.answered) --answered;
  if (!member.answered || settings_.close_each) --busy_;
  loop_.retire(std::move(members_[static_cast<size_t>(member.number)]));
  if (complete_) return settle();
  fill();
}

void Crowd::settle() {
  if (!complete_ && begun_ == settings_.count && busy_ == 0) {
    complete_ = true;
    on_complete();
  }
  if (complete_ && open_ == 0 && on_empty) on_empty();
}

void Crowd::finish() {
  for (const auto& member : members_)
    if (member && !member->over()) member->finish();
}
