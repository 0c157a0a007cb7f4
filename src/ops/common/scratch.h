#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace octolite {

// What to ask RequestScratch for: the bytes of `count` elements, or more than there can be where
// size_t cannot say them. Needs count >= 0.
inline size_t ScratchBytes(int64_t count, size_t element_bytes) {
  size_t bytes;
  if (__builtin_mul_overflow(count, element_bytes, &bytes)) {
    return std::numeric_limits<size_t>::max();
  }
  return bytes;
}

}  // namespace octolite
