// The packets that pass a namespace's interfaces, with the kernel's own time of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

struct Packet {
  /** From the IP header on; long packets are cut off behind the TCP options. */
  std::span<const uint8_t> bytes;
  /** CLOCK_REALTIME: when it came in, or was handed to the interface. */
  int64_t time_ns;
  int interface;
  bool outgoing;
};

/**
 * A ring in shared memory: its size is not bound by net.core.rmem_max, which without root is too
 * small for a storm, and no packet wakes anybody up.
 */
class Tap {
 public:
  Tap();
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  void fetch(const std::function<void(const Packet&)>& look);
  /** How many packets found the ring full since this was last asked. */
  int64_t missed();

 private:
  uint8_t* frame(size_t index) const;

  int fd_;
  uint8_t* ring_;
  size_t next_ = 0;
};
