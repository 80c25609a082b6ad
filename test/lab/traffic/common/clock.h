// CLOCK_MONOTONIC in nanoseconds: the same clock in every namespace, and Node's hrtime.
#pragma once

#include <time.h>

#include <cstdint>

inline int64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline double to_ms(int64_t ns) { return static_cast<double>(ns) / 1e6; }
inline int64_t from_ms(double ms) { return static_cast<int64_t>(ms * 1e6); }
