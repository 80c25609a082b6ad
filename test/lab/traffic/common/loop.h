// An epoll loop with timers: every program here is one thread around it.
#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "clock.h"
#include "failure.h"

/** Something that is told when its descriptor can be read or written. */
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void ready(uint32_t events) = 0;
};

class Loop {
 public:
  Loop() : epoll_(must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}
  ~Loop() { close(epoll_); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void watch(int fd, uint32_t events, Watcher* watcher) {
    control(EPOLL_CTL_ADD, fd, events, watcher);
  }
  void change(int fd, uint32_t events, Watcher* watcher) {
    control(EPOLL_CTL_MOD, fd, events, watcher);
  }
  void forget(int fd) { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

  /** Keeps a watcher alive until the events already fetched have been delivered. */
  void retire(std::unique_ptr<Watcher> watcher) { retired_.push_back(std::move(watcher)); }

  void at(int64_t when_ns, std::function<void()> action) {
    timers_.push({when_ns, sequence_++, std::move(action)});
  }

  void stop() { stopped_ = true; }

  void run() {
    while (!stopped_) {
      run_timers();
      if (stopped_) break;
      wait();
      retired_.clear();
    }
  }

 private:
  struct Timer {
    int64_t when_ns;
    uint64_t sequence;
    std::function<void()> action;
    bool operator<(const Timer& other) const {
      return when_ns != other.when_ns ? when_ns > other.when_ns : sequence > other.sequence;
    }
  };

  void control(int operation, int fd, uint32_t events, Watcher* watcher) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = watcher;
    must(epoll_ctl(epoll_, operation, fd, &event), "epoll_ctl");
  }

  void run_timers() {
    const int64_t now = now_ns();
    while (!stopped_ && !timers_.empty() && timers_.top().when_ns <= now) {
      const auto action = timers_.top().action;
      timers_.pop();
      action();
    }
  }

  void wait() {
    epoll_event events[256];
    timespec patience{};
    if (!timers_.empty()) {
      const int64_t left = std::max<int64_t>(0, timers_.top().when_ns - now_ns());
      patience = {left / 1'000'000'000, left % 1'000'000'000};
    }
    const int count =
        epoll_pwait2(epoll_, events, 256, timers_.empty() ? nullptr : &patience, nullptr);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < count && !stopped_; ++i)
      static_cast<Watcher*>(events[i].data.ptr)->ready(events[i].events);
  }

  int epoll_;
  bool stopped_ = false;
  uint64_t sequence_ = 0;
  std::priority_queue<Timer> timers_;
  std::vector<std::unique_ptr<Watcher>> retired_;
};
