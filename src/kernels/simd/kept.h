#pragma once

#include <bit>
#include <cstdint>

#include "kernels/simd/simd.h"

// Constants for use in loops. V8 makes a vector constant anew, in three instructions, wherever it
// is used; one that neither the compiler nor V8 knows to be constant stays in a register.

namespace octolite::simd {

inline v128_t KeptSplat(int32_t value) {
  const volatile int32_t unknown = value;
  return wasm_i32x4_splat(unknown);
}

inline v128_t KeptSplat(float value) { return KeptSplat(std::bit_cast<int32_t>(value)); }

}  // namespace octolite::simd
