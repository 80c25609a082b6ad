// One direction of a path: a queue of bounded length, a rate, and a delay. No clock, no sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "port.h"

struct WireSettings {
  int64_t delay_ns;
  /** 0: as fast as can be. */
  double bytes_per_ns;
  /** How many packets may wait to be sent; 0: any number. */
  size_t queue;
};

class Wire {
 public:
  explicit Wire(const WireSettings& settings) : settings_(settings) {}

  /** Takes a frame at `now`, or drops it where the queue is full. */
  bool accept(Frame frame, int64_t now);

  /** When the first frame arrives at the other end; nothing while the wire is empty. */
  std::optional<int64_t> next_arrival() const;

  /** The first frame, which has arrived. */
  Frame take();

  void clear();

 private:
  struct InFlight {
    int64_t sent_ns;
    size_t packets;
    Frame frame;
  };

  void leave_queue(int64_t now);

  const WireSettings settings_;
  std::deque<InFlight> frames_;
  /** How many of `frames_` are on their way already, and how many packets still wait. */
  size_t on_the_way_ = 0;
  size_t waiting_ = 0;
  int64_t free_ns_ = 0;
};
