// Sequence numbers for requests whose answers are still under way.
#pragma once

#include <cstdint>
#include <limits>

namespace subflowd::netlink {

class SequenceCounter {
 public:
  explicit SequenceCounter(std::uint32_t last = 0) : last_(last) {}

  /// The first of `count` consecutive numbers. Before these would run over, counting begins anew;
  /// 0, which is what multicasts carry, is never among them.
  std::uint32_t Reserve(std::uint32_t count) {
    if (count > std::numeric_limits<std::uint32_t>::max() - last_) last_ = 0;
    const std::uint32_t first = last_ + 1;
    last_ += count;
    return first;
  }

 private:
  std::uint32_t last_;
};

}  // namespace subflowd::netlink
