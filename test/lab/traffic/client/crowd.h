// Many connections, a window of them at a time: each opens, asks once, is answered.
#pragma once

#include <memory>
#include <vector>

#include "../common/loop.h"
#include "target.h"

struct CrowdSettings {
  int64_t count;
  int64_t window;
  /** Close each once it has been answered, and only then begin another. */
  bool close_each;
};

class Member;

class Crowd {
 public:
  Crowd(Loop& loop, const Target& target, const CrowdSettings& settings);
  ~Crowd();

  void start() { fill(); }
  /** Called once, when every connection has been answered (and closed), or has failed. */
  std::function<void()> on_complete;
  /** Ends the connections that are open; `on_empty` when the last one is closed. */
  void finish();
  std::function<void()> on_empty;

  int64_t answered = 0;
  int64_t failed = 0;

  void member_answered(Member& member);
  void member_ended(Member& member, const char* why, int error);

 private:
  void fill();
  void settle();

  Loop& loop_;
  const Target& target_;
  const CrowdSettings settings_;
  std::vector<std::unique_ptr<Member>> members_;
  int64_t begun_ = 0;
  int64_t busy_ = 0;
  int64_t open_ = 0;
  bool complete_ = false;
};
