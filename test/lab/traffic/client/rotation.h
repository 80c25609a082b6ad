// Connections that come and go: as many as are wanted are open, and some of them are replaced all
// the time.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <vector>

#include "../common/clock.h"
#include "../common/line.h"
#include "../common/loop.h"
#include "target.h"

struct RotationSettings {
  /** How many are open at a time, and how many of them stay to the end. */
  size_t live;
  size_t veterans;
  /** How many are opened, and as many closed, a second. */
  int rate;
  uint64_t seed;
};

/** Ways to end: in order, without waiting for the peer, with a reset, and the peer's own. */
enum class Farewell { kFinish, kClose, kReset, kPeerFinishes, kPeerResets };
constexpr int kFarewells = 5;

class Guest;

class Rotation {
 public:
  Rotation(Loop& loop, const Target& target, const RotationSettings& settings);
  ~Rotation();

  void start();
  /** From now on none is opened and none is closed. */
  void hold();
  /** One question on each connection that is open. */
  void ask_all();
  void report(Line& line) const;

  void guest_opened(Guest& guest);
  void guest_ended(Guest& guest, const char* why, int error);

 private:
  void tick();
  void open_one();
  /** False where there is none to close. */
  bool close_one();
  void ask_one();
  void give_up_on_the_slow();
  Guest* any_of(const std::vector<Guest*>& guests);

  Loop& loop_;
  const Target& target_;
  const RotationSettings settings_;
  std::mt19937_64 random_;
  std::map<Guest*, std::unique_ptr<Guest>> guests_;
  /** Those that have had an answer; the veterans first. */
  std::vector<Guest*> veterans_;
  std::vector<Guest*> regulars_;
  bool holding_ = false;
  int64_t ticked_ns_ = now_ns();
  double due_ = 0;
  int64_t next_ = 0;
  int64_t opened_ = 0;
  int64_t closed_[kFarewells] = {};
  int64_t unopened_ = 0;
  int64_t fell_back_ = 0;
  int64_t broken_ = 0;
};
