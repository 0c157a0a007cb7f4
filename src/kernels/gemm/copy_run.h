#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/simd/simd.h"

namespace octolite {

// Copies `bytes` bytes, most often few, in whole vectors: up to 15 bytes more are written, and read
// unless they lie at or beyond `end`.
inline void CopyRun(uint8_t* to, const uint8_t* from, int64_t bytes, const uint8_t* end) {
  if (end - from < bytes + 15) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
  for (int64_t i = 0; i < bytes; i += 16) simd::Store(to + i, simd::Load(from + i));
}

}  // namespace octolite
