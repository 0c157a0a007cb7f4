#pragma once

#include <cstddef>
#include <cstdint>

#include "base/checked_math.h"

namespace octolite {

// Hands out parts of one block of memory, each 64-byte aligned. Without a block it only counts, so
// that what asks for the memory and what uses it are the same lines.
class ScratchAllocator {
 public:
  explicit ScratchAllocator(uint8_t* block = nullptr) : block_(block) {}

  // Null when only counting. Needs count < 2^32.
  template <typename T>
  T* Take(int64_t count) {
    uint8_t* const start = block_ ? block_ + bytes_ : nullptr;
    bytes_ += RoundUp(count * static_cast<int64_t>(sizeof(T)), 64);
    return reinterpret_cast<T*>(start);
  }

  int64_t bytes() const { return bytes_; }

 private:
  uint8_t* block_;
  int64_t bytes_ = 0;
};

}  // namespace octolite
