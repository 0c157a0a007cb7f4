#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/dynamic_quantize.h"
#include "kernels/quantized_output.h"
#include "kernels/simd/simd.h"

// The end of every kernel with eight accumulators: eight channels of one output position are
// scaled, rounded, clamped and stored. Bit-equal to the scalar QuantizedOutput and DynamicOutput.

namespace octolite {

// Stores the first `count` (1 to 7) bytes of `bytes`.
template <typename T>
void StoreBytes(uint64_t bytes, int count, T* to) {
  static_assert(sizeof(T) == 1);
  const auto store = [&](size_t size) {
    std::memcpy(to, &bytes, size);
    bytes >>= 8 * size;
    to += size;
  };
  if ((count & 4) != 0) store(4);
  if ((count & 2) != 0) store(2);
  if ((count & 1) != 0) store(1);
}

// T: int8_t or uint8_t. kRounding is output.rounding, known to the compiler. Keeps references to
// what it is made from.
template <typename T, Rounding kRounding>
class QuantizedStore {
 public:
  explicit QuantizedStore(const QuantizedOutput& output)
      : output_(output),
        rounder_(output.range),
        clamp_(output.range),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.range.max))) {}

  // Stores `count` (1 to 8) of the accumulators of channels [channel, channel + 8).
  void operator()(v128_t low, v128_t high, size_t channel, T* to, int count) const {
    const v128_t words = wasm_i16x8_narrow_i32x4(Scale(low, channel), Scale(high, channel + 4));
    v128_t bytes;
    if constexpr (std::is_same_v<T, int8_t>) {
      bytes = wasm_i8x16_min(wasm_i8x16_narrow_i16x8(words, words), max_);
    } else {
      bytes = wasm_u8x16_min(wasm_u8x16_narrow_i16x8(words, words), max_);
    }
    if (count == 8) {
      wasm_v128_store64_lane(to, bytes, 0);
    } else {
      StoreBytes(static_cast<uint64_t>(wasm_i64x2_extract_lane(bytes, 0)), count, to);
    }
  }

 private:
  v128_t Scale(v128_t acc, size_t channel) const {
    if constexpr (kRounding == Rounding::kFixedPoint || kRounding == Rounding::kFixedPointUp) {
      const simd::FixedLanes lanes = {simd::Load(output_.multiplier.data() + channel),
                                      simd::Load(output_.left.data() + channel),
                                      simd::Load(output_.right.data() + channel),
                                      simd::Load(output_.right.data() + channel + 2)};
      if constexpr (kRounding == Rounding::kFixedPointUp) {
        if (channel < output_.first_away) return clamp_(simd::MultiplyFixed<true>(acc, lanes));
      }
      return clamp_(simd::MultiplyFixed<false>(acc, lanes));
    } else if constexpr (kRounding == Rounding::kDouble) {
      return clamp_(simd::MultiplyDouble(acc, simd::Load(output_.double_scale.data() + channel),
                                         simd::Load(output_.double_scale.data() + channel + 2)));
    } else {
      return rounder_(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc),
                                     simd::Load(output_.float_scale.data() + channel)));
    }
  }

  const QuantizedOutput& output_;
  simd::FloatRounder rounder_;
  simd::IntegerClamp clamp_;
  v128_t max_;
};

// Calls run(QuantizedStore) with the one that `output` asks for.
template <typename T, typename Run>
void WithQuantizedStore(const QuantizedOutput& output, const Run& run) {
  switch (output.rounding) {
    case Rounding::kFloat:
      return run(QuantizedStore<T, Rounding::kFloat>(output));
    case Rounding::kFixedPoint:
      return run(QuantizedStore<T, Rounding::kFixedPoint>(output));
    case Rounding::kFixedPointUp:
      return run(QuantizedStore<T, Rounding::kFixedPointUp>(output));
    case Rounding::kDouble:
      return run(QuantizedStore<T, Rounding::kDouble>(output));
  }
}

inline void StoreFloats(v128_t low, v128_t high, float* to, int count) {
  if (count >= 4) {
    simd::Store(to, low);
    if (count >= 8) {
      simd::Store(to + 4, high);
      return;
    }
    low = high;
    to += 4;
  }
  if ((count & 2) != 0) {
    wasm_v128_store64_lane(to, low, 0);
    low = wasm_i64x2_shuffle(low, low, 1, 1);
    to += 2;
  }
  if ((count & 1) != 0) wasm_v128_store32_lane(to, low, 0);
}

// clamp(value, min, max) as the scalar form compares: NaN stays.
inline v128_t ClampFloats(v128_t value, v128_t min, v128_t max) {
  return wasm_f32x4_pmin(wasm_f32x4_pmax(value, min), max);
}

class DynamicStore {
 public:
  explicit DynamicStore(const DynamicOutput& output)
      : output_(output), min_(wasm_f32x4_splat(output.min)), max_(wasm_f32x4_splat(output.max)) {}

  // `bias` is that of `channel`, eight values can be loaded.
  void operator()(v128_t low, v128_t high, float row_scale, size_t channel, const float* bias,
                  float* to, int count) const {
    const v128_t scale = wasm_f32x4_splat(row_scale);
    StoreFloats(Scale(low, scale, channel, bias), Scale(high, scale, channel + 4, bias + 4), to,
                count);
  }

 private:
  v128_t Scale(v128_t acc, v128_t row_scale, size_t channel, const float* bias) const {
    const v128_t real = wasm_f32x4_mul(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), row_scale),
                                       simd::Load(output_.channel_scale.data() + channel));
    return ClampFloats(wasm_f32x4_add(real, simd::Load(bias)), min_, max_);
  }

  const DynamicOutput& output_;
  v128_t min_, max_;
};

}  // namespace octolite
