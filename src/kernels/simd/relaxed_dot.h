#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/simd/simd.h"

// The relaxed 8-bit dot product (i32x4.relaxed_dot_i8x16_i7x16_add_s): lane i of the result is the
// sum of the four products of bytes 4i..4i+3, added to an accumulator. Engines agree while the
// second operand is in 0..127; above, it depends on the machine, and the module finds out when it
// starts.

// Native builds have it too, emulated; wasm builds without relaxed SIMD do not.
#if defined(__wasm_relaxed_simd__) || !defined(__wasm__)
#define OCTOLITE_HAS_RELAXED_DOT 1
#else
#define OCTOLITE_HAS_RELAXED_DOT 0
#endif

namespace octolite::simd {

// How to multiply int8 weights with 8-bit activations on this machine.
enum class DotKind : uint8_t {
  kDot16,  // widen to 16 bits: there is no relaxed dot, or it saturates
  kSdot,   // relaxed dot, second operand signed and exact (Arm with dot product)
  kUsdot,  // relaxed dot, second operand unsigned and exact (x86 with AVX-VNNI)
};

// The kind for this machine, probed on the first call. Native builds probe their emulation.
DotKind ProbeDotKind();

// "dot16", "sdot", "usdot".
std::string_view DotKindName(DotKind kind);

#if !defined(__wasm__)
// What an engine may do with a second operand above 127; native builds only, for tests.
enum class DotSemantics : uint8_t {
  kSaturating,  // unsigned, and sums of two products saturate to 16 bits (x86 without AVX-VNNI)
  kSigned,
  kUnsigned,
};
// Sets the emulation for everything that is prepared from now on. Starts as kSaturating.
void SetEmulatedDotSemantics(DotSemantics semantics);
DotSemantics EmulatedDotSemantics();
#endif

#if OCTOLITE_HAS_RELAXED_DOT
// `weights` are signed; `activations` as DotKind says.
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
