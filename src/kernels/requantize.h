#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/simd/simd.h"

// From int32 accumulators back to 8 bits, in the roundings that the peers' kernels use. Every
// function has a scalar form and a SIMD form of four lanes; the two agree in every bit.

namespace octolite {

enum class Rounding : uint8_t {
  // float(acc) * scale, to nearest, ties to even: XNNPACK, so LiteRT's default path.
  kFloat,
  // 32-bit multiplier and shift with double rounding: the reference kernels.
  kFixedPoint,
  // The same, but that ties of the second rounding go up: TFLite's optimized kernels where they are
  // products of matrices, which is what LiteRT runs where XNNPACK does not take an operator.
  kFixedPointUp,
  // double(acc) * scale, ties away from zero: LiteRT's reference FULLY_CONNECTED since April 2025.
  kDouble,
};

// What is done after scaling: output = clamp(rounded + zero_point, min, max). The zero point lies
// in [min, max] of the type, as do min <= max.
struct OutputRange {
  int32_t zero_point = 0;
  int32_t min = -128;
  int32_t max = 127;
};

inline int32_t ClampOutput(int64_t rounded, const OutputRange& range) {
  return static_cast<int32_t>(
      std::clamp<int64_t>(rounded + range.zero_point, range.min, range.max));
}

// `value` is real / output scale; NaN becomes the range's minimum.
inline int32_t RoundToOutput(float value, const OutputRange& range) {
  const auto low = static_cast<float>(range.min - range.zero_point);
  const auto high = static_cast<float>(range.max - range.zero_point);
  if (!(value > low)) return range.min;
  if (value >= high) return range.max;
  return static_cast<int32_t>(std::nearbyint(value)) + range.zero_point;
}

inline int32_t RequantizeFloat(int32_t acc, float scale, const OutputRange& range) {
  return RoundToOutput(static_cast<float>(acc) * scale, range);
}

inline int32_t RequantizeFixedPoint(int32_t acc, FixedMultiplier scale, const OutputRange& range) {
  return ClampOutput(MultiplyByQuantizedMultiplier(acc, scale), range);
}

inline int32_t RequantizeFixedPointUp(int32_t acc, FixedMultiplier scale,
                                      const OutputRange& range) {
  const int left = std::max(scale.shift, 0);
  const int right = std::max(-scale.shift, 0);
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(acc) << left);
  const int64_t product = SaturatingRoundingDoublingHighMul(shifted, scale.multiplier);
  return ClampOutput((product + ((int64_t{1} << right) >> 1)) >> right, range);
}

// An accumulator of 64 bits by a multiplier that is reduced to 16 bits, rounded once, ties towards
// +infinity: TFLite's kernels with int16 activations. Their result wraps at 32 bits as this one
// does; beyond a scale of 2^14 they have none that is defined.
inline int32_t RequantizeFixedPointWide(int64_t acc, FixedMultiplier scale,
                                        const OutputRange& range) {
  const int32_t reduced =
      scale.multiplier < 0x7FFF0000 ? (scale.multiplier + (1 << 15)) >> 16 : 0x7FFF;
  const int shift = std::max(15 - scale.shift, 1);
  const uint64_t product = static_cast<uint64_t>(acc) * static_cast<uint64_t>(reduced);
  const auto rounded = static_cast<int64_t>(product + (uint64_t{1} << (shift - 1)));
  return ClampOutput(static_cast<int32_t>(rounded >> shift), range);
}

inline int32_t RequantizeDouble(int64_t acc, double scale, const OutputRange& range) {
  const double scaled = static_cast<double>(acc) * scale;
  constexpr double kLimit = 2147483648.0;
  return ClampOutput(static_cast<int64_t>(std::round(std::clamp(scaled, -kLimit, kLimit))), range);
}

namespace simd {

// Four lanes of float to int32 as RoundToOutput rounds, without zero point: adding 1.5 * 2^23
// leaves the integer in the mantissa. Exact below 2^22 in magnitude; beyond, the result stays on
// its side of every 8-bit bound, so that saturating it later is right.
struct FloatRounder {
  explicit FloatRounder(const OutputRange& range)
      : magic(wasm_f32x4_splat(kMagic)),
        low(wasm_i32x4_splat(kMagicBits + range.min - range.zero_point)),
        offset(wasm_i32x4_splat(kMagicBits - range.zero_point)) {}

  // Returns rounded + zero point, not below range.min, to be saturated from above.
  v128_t operator()(v128_t value) const {
    const v128_t bits = wasm_i32x4_max(wasm_f32x4_add(value, magic), low);
    return wasm_i32x4_sub(bits, offset);
  }

  static constexpr float kMagic = 12582912.0f;
  static constexpr int32_t kMagicBits = std::bit_cast<int32_t>(kMagic);
  v128_t magic, low, offset;
};

// Fixed-point multipliers of four channels, laid out for the SIMD form.
struct FixedLanes {
  v128_t multiplier;  // i32x4
  v128_t left;        // i32x4, 2^max(shift, 0)
  v128_t right_low;   // f64x2, 2^min(shift, 0) of channels 0 and 1
  v128_t right_high;  // f64x2, of channels 2 and 3
};

inline v128_t RoundHalfAwayF64(v128_t value) {
  const v128_t whole = wasm_f64x2_trunc(value);
  const v128_t fraction = wasm_f64x2_sub(value, whole);
  const v128_t step =
      wasm_v128_or(wasm_v128_and(value, wasm_f64x2_splat(-0.0)), wasm_f64x2_splat(1.0));
  const v128_t away = wasm_f64x2_ge(wasm_f64x2_abs(fraction), wasm_f64x2_splat(0.5));
  return wasm_f64x2_add(whole, wasm_v128_and(step, away));
}

// Two pairs of doubles that hold integers, to i32x4, saturating.
inline v128_t NarrowF64(v128_t low, v128_t high) {
  return wasm_i32x4_shuffle(wasm_i32x4_trunc_sat_f64x2_zero(low),
                            wasm_i32x4_trunc_sat_f64x2_zero(high), 0, 1, 4, 5);
}

inline v128_t HighOfI32(v128_t v) { return wasm_i32x4_shuffle(v, v, 2, 3, 2, 3); }

// MultiplyByQuantizedMultiplier on four lanes; kUp: as RequantizeFixedPointUp does. Every channel
// may shift by another amount, which no integer instruction does; doubles are exact here (33 bits
// at most are in play).
template <bool kUp>
v128_t MultiplyFixed(v128_t acc, const FixedLanes& scale) {
  const v128_t shifted = wasm_i32x4_mul(acc, scale.left);
  const v128_t nudge = wasm_i64x2_splat(int64_t{1} << 30);
  const v128_t low = wasm_i64x2_shr(
      wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(shifted, scale.multiplier), nudge), 31);
  const v128_t high = wasm_i64x2_shr(
      wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(shifted, scale.multiplier), nudge), 31);
  const v128_t doubled = wasm_i32x4_shuffle(low, high, 0, 2, 4, 6);
  const v128_t real_low = wasm_f64x2_mul(wasm_f64x2_convert_low_i32x4(doubled), scale.right_low);
  const v128_t real_high =
      wasm_f64x2_mul(wasm_f64x2_convert_low_i32x4(HighOfI32(doubled)), scale.right_high);
  if constexpr (kUp) {
    const v128_t half = wasm_f64x2_splat(0.5);
    return NarrowF64(wasm_f64x2_floor(wasm_f64x2_add(real_low, half)),
                     wasm_f64x2_floor(wasm_f64x2_add(real_high, half)));
  }
  return NarrowF64(RoundHalfAwayF64(real_low), RoundHalfAwayF64(real_high));
}

// round(double(acc) * scale), ties away from zero, on four lanes.
inline v128_t MultiplyDouble(v128_t acc, v128_t scale_low, v128_t scale_high) {
  const v128_t low = wasm_f64x2_mul(wasm_f64x2_convert_low_i32x4(acc), scale_low);
  const v128_t high = wasm_f64x2_mul(wasm_f64x2_convert_low_i32x4(HighOfI32(acc)), scale_high);
  return NarrowF64(RoundHalfAwayF64(low), RoundHalfAwayF64(high));
}

// rounded + zero point clamped, for the integer roundings.
struct IntegerClamp {
  explicit IntegerClamp(const OutputRange& range)
      : low(wasm_i32x4_splat(range.min - range.zero_point)),
        high(wasm_i32x4_splat(range.max - range.zero_point)),
        zero_point(wasm_i32x4_splat(range.zero_point)) {}
  v128_t operator()(v128_t rounded) const {
    return wasm_i32x4_add(wasm_i32x4_min(wasm_i32x4_max(rounded, low), high), zero_point);
  }
  v128_t low, high, zero_point;
};

}  // namespace simd
}  // namespace octolite
