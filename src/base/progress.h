#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace octolite {

// Asked at every step of a long task; set from another thread or between steps.
class CancelToken {
 public:
  CancelToken() = default;
  // Cancels by itself when it has been asked `steps` times: a bound on work, not on time, so that
  // the same run ends in the same place everywhere.
  explicit CancelToken(int64_t steps) : steps_(steps) {}

  void Cancel() { steps_.store(0, std::memory_order_relaxed); }
  bool cancelled() { return steps_.fetch_sub(1, std::memory_order_relaxed) <= 0; }

 private:
  std::atomic<int64_t> steps_ = std::numeric_limits<int64_t>::max();
};

}  // namespace octolite
