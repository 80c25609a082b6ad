#include "rotation.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "../common/farewell.h"
#include "stream.h"

namespace {

constexpr size_t kRequest = 64;
constexpr double kTickMs = 10;
constexpr double kLateMs = 200;
/** A link that is down must not make connections pile up. */
constexpr double kOpeningMs = 2'000;
constexpr double kClosingMs = 2'000;
/** How many more than are wanted may be on their way, for each that is wanted. */
constexpr size_t kCrowd = 2;
constexpr int64_t kBrokenTold = 20;

}  // namespace

class Guest : public Stream {
 public:
  Guest(Rotation& rotation, Loop& loop, int fd, int64_t number)
      : Stream(loop, fd), number(number), rotation_(rotation) {}

  const int64_t number;
  int64_t since_ns = now_ns();
  bool open = false;
  bool leaving = false;
  bool asked = false;
  int64_t answers = 0;

  void ask(char first = 'a') {
    if (asked || over()) return;
    std::array<char, kRequest> question;
    question.fill('a');
    question[0] = first;
    asked = true;
    if (send(fd_, question.data(), question.size(), MSG_NOSIGNAL) != kRequest)
      end("not sent", errno);
  }

  void leave(Farewell how) {
    leaving = true;
    since_ns = now_ns();
    if (how == Farewell::kFinish) return finish();
    if (how == Farewell::kPeerFinishes) return ask(kCloseFirst);
    if (how == Farewell::kPeerResets) return ask(kReset);
    if (how == Farewell::kReset) {
      const linger at_once{1, 0};
      setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    end(nullptr);
  }

  void give_up() { end("given up"); }
  void turn_away() { end("fell back to TCP"); }
  bool fell_back() const { return !mptcp_info(fd_); }

 private:
  void connected() override { ask(); }

  void readable() override {
    std::array<char, kRequest> bytes;
    const size_t size = receive(bytes.data(), bytes.size());
    if (over() || size == 0) return;
    received_ += size;
    if (received_ < kRequest) return;
    received_ = 0;
    asked = false;
    ++answers;
    if (!open) rotation_.guest_opened(*this);
  }

  void ended(const char* why, int error) override { rotation_.guest_ended(*this, why, error); }

  Rotation& rotation_;
  size_t received_ = 0;
};

Rotation::Rotation(Loop& loop, const Target& target, const RotationSettings& settings)
    : loop_(loop), target_(target), settings_(settings), random_(settings.seed) {}

Rotation::~Rotation() = default;

void Rotation::start() { tick(); }

void Rotation::hold() { holding_ = true; }

void Rotation::ask_all() {
  // An end changes the lists.
  for (auto* guest : std::vector(veterans_)) guest->ask();
  for (auto* guest : std::vector(regulars_)) guest->ask();
}

void Rotation::tick() {
  const int64_t now = now_ns();
  // On a busy machine a tick comes late; what it should have done by then is done, but no burst is
  // made up for.
  const double ms = std::min(to_ms(now - ticked_ns_), kLateMs);
  ticked_ns_ = now;
  due_ += holding_ ? 0 : settings_.rate * ms / 1000;
  for (; due_ >= 1; --due_) {
    if (guests_.size() < settings_.live * kCrowd) open_one();
    while (veterans_.size() + regulars_.size() > settings_.live && close_one()) {
    }
    ask_one();
  }
  give_up_on_the_slow();
  loop_.at(now_ns() + from_ms(kTickMs), [this] { tick(); });
}

void Rotation::open_one() {
  const int64_t number = next_++;
  const int fd = target_.open(number);
  if (fd < 0) {
    ++unopened_;
    return;
  }
  auto guest = std::make_unique<Guest>(*this, loop_, fd, number);
  guests_.emplace(guest.get(), std::move(guest));
}

bool Rotation::close_one() {
  Guest* const guest = any_of(regulars_);
  if (guest == nullptr) return false;
  std::erase(regulars_, guest);
  auto how = static_cast<Farewell>(random_() % kFarewells);
  // It has one question on its way already.
  if (guest->asked && how >= Farewell::kPeerFinishes) how = Farewell::kFinish;
  ++closed_[static_cast<size_t>(how)];
  guest->leave(how);
  return true;
}

void Rotation::ask_one() {
  const bool of_veterans = random_() % 4 == 0;
  if (Guest* const guest = any_of(of_veterans ? veterans_ : regulars_)) guest->ask();
}

Guest* Rotation::any_of(const std::vector<Guest*>& guests) {
  return guests.empty() ? nullptr : guests[random_() % guests.size()];
}

void Rotation::give_up_on_the_slow() {
  const int64_t now = now_ns();
  std::vector<Guest*> slow;
  for (const auto& [guest, _] : guests_) {
    const double patience = guest->leaving ? kClosingMs : kOpeningMs;
    if (!guest->over() && (guest->leaving || !guest->open) &&
        now - guest->since_ns > from_ms(patience))
      slow.push_back(guest);
  }
  for (auto* guest : slow) guest->give_up();
}

void Rotation::guest_opened(Guest& guest) {
  if (guest.fell_back()) return guest.turn_away();
  guest.open = true;
  ++opened_;
  auto& list = veterans_.size() < settings_.veterans ? veterans_ : regulars_;
  list.push_back(&guest);
}

void Rotation::guest_ended(Guest& guest, const char* why, int error) {
  std::erase(veterans_, &guest);
  std::erase(regulars_, &guest);
  if (!guest.leaving && why != nullptr) {
    if (guest.open) {
      if (++broken_ <= kBrokenTold) report_failure(guest.number, why, error);
    } else if (std::strcmp(why, "fell back to TCP") == 0) {
      ++fell_back_;
    } else {
      ++unopened_;
    }
  }
  const auto found = guests_.find(&guest);
  loop_.retire(std::move(found->second));
  guests_.erase(found);
}

void Rotation::report(Line& line) const {
  int64_t waiting = 0;
  const auto count = [&](const std::vector<Guest*>& guests) {
    for (const auto* guest : guests) waiting += guest->asked ? 1 : 0;
  };
  count(veterans_);
  count(regulars_);
  const auto live = static_cast<int64_t>(veterans_.size() + regulars_.size());
  const auto closed = [this](Farewell how) { return closed_[static_cast<size_t>(how)]; };
  line.count("live", live)
      .count("veterans", static_cast<int64_t>(veterans_.size()))
      .count("waiting", waiting)
      .count("under_way", static_cast<int64_t>(guests_.size()) - live)
      .count("opened", opened_)
      .count("unopened", unopened_)
      .count("fell_back", fell_back_)
      .count("broken", broken_)
      .count("finished", closed(Farewell::kFinish))
      .count("closed", closed(Farewell::kClose))
      .count("reset", closed(Farewell::kReset))
      .count("peer_finished", closed(Farewell::kPeerFinishes))
      .count("peer_reset", closed(Farewell::kPeerResets));
}
