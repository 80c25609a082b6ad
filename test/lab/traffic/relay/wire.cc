#include "wire.h"

#include <algorithm>

bool Wire::accept(Frame frame, int64_t now) {
  leave_queue(now);
  const Load load = load_of(frame);
  if (settings_.queue != 0 && waiting_ != 0 && waiting_ + load.packets > settings_.queue)
    return false;
  const double sending =
      settings_.bytes_per_ns > 0 ? static_cast<double>(load.bytes) / settings_.bytes_per_ns : 0;
  free_ns_ = std::max(free_ns_, now) + static_cast<int64_t>(sending);
  waiting_ += load.packets;
  frames_.push_back({free_ns_, load.packets, std::move(frame)});
  return true;
}

std::optional<int64_t> Wire::next_arrival() const {
  if (frames_.empty()) return std::nullopt;
  return frames_.front().sent_ns + settings_.delay_ns;
}

Frame Wire::take() {
  leave_queue(frames_.front().sent_ns);
  Frame frame = std::move(frames_.front().frame);
  frames_.pop_front();
  --on_the_way_;
  return frame;
}

void Wire::clear() {
  frames_.clear();
  on_the_way_ = 0;
  waiting_ = 0;
  free_ns_ = 0;
}

void Wire::leave_queue(int64_t now) {
  for (; on_the_way_ < frames_.size() && frames_[on_the_way_].sent_ns <= now; ++on_the_way_)
    waiting_ -= frames_[on_the_way_].packets;
}
