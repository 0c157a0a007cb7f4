#pragma once

#include <atomic>

namespace octolite {

// Asked at every step of a long task; set from another thread or between steps.
class CancelToken {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_ = false;
};

}  // namespace octolite
