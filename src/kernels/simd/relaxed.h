#pragma once

#include "kernels/simd/dot_kind.h"
#include "kernels/simd/simd.h"

// What relaxed SIMD makes faster. These functions are different ones in the two wasm binaries,
// which share all other objects: only files whose name ends in _simd.cc may include this header, as
// they are compiled once for each, and no inline function of another header may depend on it.

// Native builds have the relaxed dot too, emulated; wasm builds without relaxed SIMD do not.
#if defined(__wasm_relaxed_simd__) || !defined(__wasm__)
#define OCTOLITE_HAS_RELAXED_DOT 1
#else
#define OCTOLITE_HAS_RELAXED_DOT 0
#endif

namespace octolite::simd {

// a * b + c. One rounding where the relaxed build's engine has a fused instruction, else two: float
// results are compared with a tolerance, never byte for byte.
inline v128_t MulAdd(v128_t a, v128_t b, v128_t c) {
#if defined(__wasm_relaxed_simd__)
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}

#if OCTOLITE_HAS_RELAXED_DOT
// i32x4.relaxed_dot_i8x16_i7x16_add_s: lane i of the result is the sum of the four products of
// bytes 4i..4i+3, added to an accumulator. `weights` are signed; `activations` as DotKind says.
inline v128_t RelaxedDot(v128_t weights, v128_t activations, v128_t acc) {
#if defined(__wasm_relaxed_simd__)
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights, activations, acc);
#else
  const DotSemantics semantics = EmulatedDotSemantics();
  const bool is_signed = semantics == DotSemantics::kSigned;
  const v128_t low = is_signed ? wasm_i16x8_extend_low_i8x16(activations)
                               : wasm_u16x8_extend_low_u8x16(activations);
  const v128_t high = is_signed ? wasm_i16x8_extend_high_i8x16(activations)
                                : wasm_u16x8_extend_high_u8x16(activations);
  v128_t pairs_low = wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(weights), low);
  v128_t pairs_high = wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(weights), high);
  if (semantics == DotSemantics::kSaturating) {
    const v128_t narrow = wasm_i16x8_narrow_i32x4(pairs_low, pairs_high);
    pairs_low = wasm_i32x4_extend_low_i16x8(narrow);
    pairs_high = wasm_i32x4_extend_high_i16x8(narrow);
  }
  const v128_t even = wasm_i32x4_shuffle(pairs_low, pairs_high, 0, 2, 4, 6);
  const v128_t odd = wasm_i32x4_shuffle(pairs_low, pairs_high, 1, 3, 5, 7);
  return wasm_i32x4_add(acc, wasm_i32x4_add(even, odd));
#endif
}
#endif

}  // namespace octolite::simd
