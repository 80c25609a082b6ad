// How long a receiving application heard nothing: the gap of a fail-over under bulk traffic.
#pragma once

#include <algorithm>
#include <cstdint>

#include "clock.h"
#include "line.h"

class Silence {
 public:
  void heard(size_t bytes) {
    measure(now_ns());
    bytes_ += static_cast<int64_t>(bytes);
  }

  /** Begins a new measurement; what is silent now goes on being silent. */
  void mark() {
    started_ns_ = now_ns();
    longest_ns_ = 0;
    bytes_ = 0;
  }

  /** A silence that still lasts counts up to now. */
  void report(Line& line) const {
    const int64_t now = now_ns();
    const int64_t ongoing = last_ns_ == 0 ? 0 : now - last_ns_;
    const double seconds = static_cast<double>(now - started_ns_) / 1e9;
    line.count("bytes", bytes_)
        .decimal("mbit_per_s", static_cast<double>(bytes_) * 8 / 1e6 / seconds)
        .decimal("gap_ms", to_ms(std::max(longest_ns_, ongoing)))
        .count("gap_began_ns", ongoing > longest_ns_ ? last_ns_ : longest_began_ns_);
  }

 private:
  void measure(int64_t now) {
    if (last_ns_ != 0 && now - last_ns_ > longest_ns_) {
      longest_ns_ = now - last_ns_;
      longest_began_ns_ = last_ns_;
    }
    last_ns_ = now;
  }

  int64_t started_ns_ = now_ns();
  int64_t last_ns_ = 0;
  int64_t longest_ns_ = 0;
  int64_t longest_began_ns_ = 0;
  int64_t bytes_ = 0;
};
