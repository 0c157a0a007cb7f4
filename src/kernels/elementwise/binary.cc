#include "kernels/elementwise/binary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/elementwise/functions.h"
#include "kernels/simd/map.h"

namespace octolite {
namespace {

template <typename T>
T Clamp(T value, T min, T max) {
  return std::min(std::max(value, min), max);
}

// As MapBroadcast for a function of vectors, of one operand or both that step. The output may be an
// operand that is not repeated.
template <typename F>
void MapVectors(const BroadcastPlan& plan, const float* a, const float* b, float* out, F f) {
  ForEachLongRow(plan, a, b,
                 [=](const float* pa, bool a_steps, const float* pb, bool b_steps,
                     int64_t out_offset, int64_t count) {
                   const auto n = static_cast<size_t>(count);
                   float* po = out + out_offset;
                   if (a_steps && b_steps) {
                     simd::MapFloatPairs(pa, pb, po, n, f);
                   } else if (!b_steps) {
                     const v128_t y = wasm_f32x4_splat(*pb);
                     simd::MapFloats(pa, po, n, [=](v128_t x) { return f(x, y); });
                   } else {
                     const v128_t x = wasm_f32x4_splat(*pa);
                     simd::MapFloats(pb, po, n, [=](v128_t y) { return f(x, y); });
                   }
                 });
}

void BinaryFloat(BinaryKind kind, const BroadcastPlan& plan, const float* a, const float* b,
                 float* out, float min, float max) {
  const v128_t low = wasm_f32x4_splat(min);
  const v128_t high = wasm_f32x4_splat(max);
  const auto clamp = [=](v128_t v) { return wasm_f32x4_pmin(wasm_f32x4_pmax(v, low), high); };
  switch (kind) {
    case BinaryKind::kAdd:
      return MapVectors(plan, a, b, out,
                        [=](v128_t x, v128_t y) { return clamp(wasm_f32x4_add(x, y)); });
    case BinaryKind::kSub:
      return MapVectors(plan, a, b, out,
                        [=](v128_t x, v128_t y) { return clamp(wasm_f32x4_sub(x, y)); });
    case BinaryKind::kMul:
      return MapVectors(plan, a, b, out,
                        [=](v128_t x, v128_t y) { return clamp(wasm_f32x4_mul(x, y)); });
    case BinaryKind::kMaximum:
      return MapVectors(plan, a, b, out, [](v128_t x, v128_t y) { return wasm_f32x4_pmax(x, y); });
    case BinaryKind::kMinimum:
      return MapVectors(plan, a, b, out, [](v128_t x, v128_t y) { return wasm_f32x4_pmin(x, y); });
  }
}

// MultiplyByQuantizedMultiplier on four lanes that share the multiplier, and so the shift.
class FixedScale {
 public:
  explicit FixedScale(FixedMultiplier scale)
      : multiplier_(wasm_i32x4_splat(scale.multiplier)),
        left_(static_cast<uint32_t>(std::max(scale.shift, 0))),
        right_(static_cast<uint32_t>(std::min(std::max(-scale.shift, 0), 31))),
        mask_(wasm_i32x4_splat(static_cast<int32_t>((uint32_t{1} << right_) - 1))),
        half_(wasm_u32x4_shr(mask_, 1)) {}

  v128_t operator()(v128_t x) const {
    const v128_t shifted = wasm_i32x4_shl(x, left_);
    const v128_t nudge = wasm_i64x2_splat(int64_t{1} << 30);
    const v128_t low = wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(shifted, multiplier_), nudge);
    const v128_t high = wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(shifted, multiplier_), nudge);
    // Of the products' bits, 31 to 62.
    const v128_t doubled =
        wasm_i32x4_shuffle(wasm_u64x2_shr(low, 31), wasm_u64x2_shr(high, 31), 0, 2, 4, 6);
    // Rounded half away from zero; what comparisons give is -1.
    const v128_t threshold = wasm_i32x4_sub(half_, wasm_i32x4_shr(doubled, 31));
    const v128_t up = wasm_i32x4_gt(wasm_v128_and(doubled, mask_), threshold);
    return wasm_i32x4_sub(wasm_i32x4_shr(doubled, right_), up);
  }

 private:
  v128_t multiplier_;
  uint32_t left_, right_;
  v128_t mask_, half_;
};

// out = requantize(combine(a, b)): `combine` makes an int32 of two 8-bit elements, `requantize`
// four outputs, in the range of T, of four of these. 16 elements at a time.
template <typename T, typename Combine, typename Requantize>
void MapSixteen(const BroadcastPlan& plan, const T* a, const T* b, T* out, Combine combine,
                Requantize requantize) {
  constexpr int64_t kTogether = 16;
  const auto sixteen = [=](const T* x, const T* y, T* to) {
    const auto four = [=](int at) {
      return requantize(wasm_i32x4_make(combine(x[at], y[at]), combine(x[at + 1], y[at + 1]),
                                        combine(x[at + 2], y[at + 2]),
                                        combine(x[at + 3], y[at + 3])));
    };
    const v128_t low = wasm_i16x8_narrow_i32x4(four(0), four(4));
    const v128_t high = wasm_i16x8_narrow_i32x4(four(8), four(12));
    simd::Store(to, std::is_signed_v<T> ? wasm_i8x16_narrow_i16x8(low, high)
                                        : wasm_u8x16_narrow_i16x8(low, high));
  };
  ForEachLongRow(
      plan, a, b,
      [=](const T* pa, bool a_steps, const T* pb, bool b_steps, int64_t out_offset, int64_t count) {
        T* po = out + out_offset;
        // Operands that do not step, and the rest of a run.
        T x[kTogether], y[kTogether], rest[kTogether];
        std::fill_n(x, kTogether, *pa);
        std::fill_n(y, kTogether, *pb);
        int64_t i = 0;
        for (; i + kTogether <= count; i += kTogether) {
          sixteen(a_steps ? pa + i : x, b_steps ? pb + i : y, po + i);
        }
        if (i == count) return;
        if (a_steps) std::copy_n(pa + i, count - i, x);
        if (b_steps) std::copy_n(pb + i, count - i, y);
        sixteen(x, y, rest);
        std::copy_n(rest, count - i, po + i);
      });
}

}  // namespace

template <typename T>
void BinaryPlain(BinaryKind kind, const BroadcastPlan& plan, const T* a, const T* b, T* out, T min,
                 T max) {
  if constexpr (std::is_same_v<T, float>) return BinaryFloat(kind, plan, a, b, out, min, max);
  switch (kind) {
    case BinaryKind::kAdd:
      return MapBroadcast(plan, a, b, out, [=](T x, T y) { return Clamp(Add(x, y), min, max); });
    case BinaryKind::kSub:
      return MapBroadcast(plan, a, b, out,
                          [=](T x, T y) { return Clamp(Subtract(x, y), min, max); });
    case BinaryKind::kMul:
      return MapBroadcast(plan, a, b, out,
                          [=](T x, T y) { return Clamp(Multiply(x, y), min, max); });
    case BinaryKind::kMaximum:
      return MapBroadcast(plan, a, b, out, [](T x, T y) { return std::max(x, y); });
    case BinaryKind::kMinimum:
      return MapBroadcast(plan, a, b, out, [](T x, T y) { return std::min(x, y); });
  }
}

bool AddLitertTakes(float a_scale, float b_scale, float output_scale) {
  const auto inside = [](float ratio) { return ratio >= 0x1p-10f && ratio < 0x1p8f; };
  return inside(a_scale / output_scale) && inside(b_scale / output_scale);
}

AddLitertParams MakeAddLitertParams(float a_scale, int32_t a_zero_point, float b_scale,
                                    int32_t b_zero_point, float output_scale, bool subtract) {
  const float a_ratio = a_scale / output_scale;
  const float b_ratio = b_scale / output_scale;
  AddLitertParams params;
  params.shift = 20 - std::ilogb(std::max(a_ratio, b_ratio));
  const auto multiplier = [&](float ratio) {
    return static_cast<int32_t>(std::nearbyint(std::ldexp(ratio, params.shift)));
  };
  params.a_multiplier = multiplier(a_ratio);
  params.b_multiplier = subtract ? -multiplier(b_ratio) : multiplier(b_ratio);
  params.bias = (1 << (params.shift - 1)) - params.a_multiplier * a_zero_point -
                params.b_multiplier * b_zero_point;
  return params;
}

AddReferenceParams MakeAddReferenceParams(float a_scale, float b_scale, float output_scale,
                                          bool subtract) {
  const double twice_larger = 2.0 * static_cast<double>(std::max(a_scale, b_scale));
  AddReferenceParams params;
  params.a_multiplier = QuantizeMultiplier(static_cast<double>(a_scale) / twice_larger);
  params.b_multiplier = QuantizeMultiplier(static_cast<double>(b_scale) / twice_larger);
  if (subtract) params.b_multiplier.multiplier *= -1;
  params.output_multiplier =
      QuantizeMultiplier(twice_larger / (0x1p20 * static_cast<double>(output_scale)));
  return params;
}

bool MulLitertTakes(float a_scale, float b_scale, float output_scale) {
  const float ratio = a_scale * b_scale / output_scale;
  return ratio >= 0x1p-16f && ratio < 0x1p8f;
}

template <typename T>
void AddReference(const AddReferenceParams& params, const BroadcastPlan& plan, const T* a,
                  const T* b, T* out) {
  // Both operands have 256 values: their rescaled forms are looked up.
  using Table = std::array<int32_t, 256>;
  const auto rescaled = [](int32_t zero_point, FixedMultiplier multiplier) {
    constexpr int32_t kOne = 1 << 20;
    Table table;
    for (int32_t q = std::numeric_limits<T>::min(); q <= std::numeric_limits<T>::max(); ++q) {
      table[static_cast<uint8_t>(q)] =
          MultiplyByQuantizedMultiplier((q - zero_point) * kOne, multiplier);
    }
    return table;
  };
  const Table of_a = rescaled(params.a_zero_point, params.a_multiplier);
  const Table of_b = rescaled(params.b_zero_point, params.b_multiplier);
  const FixedScale scale(params.output_multiplier);
  const simd::IntegerClamp clamp(params.output);
  MapSixteen(
      plan, a, b, out,
      [&](T x, T y) { return of_a[static_cast<uint8_t>(x)] + of_b[static_cast<uint8_t>(y)]; },
      [&](v128_t sum) { return clamp(scale(sum)); });
}

template <typename T>
void MulReference(const MulReferenceParams& params, const BroadcastPlan& plan, const T* a,
                  const T* b, T* out) {
  const FixedScale scale(params.multiplier);
  const simd::IntegerClamp clamp(params.output);
  MapSixteen(
      plan, a, b, out,
      [&](T x, T y) { return (x - params.a_zero_point) * (y - params.b_zero_point); },
      [&](v128_t product) { return clamp(scale(product)); });
}

void PreluFloat(const BroadcastPlan& plan, const float* a, const float* slope, float* out) {
  MapVectors(plan, a, slope, out, [](v128_t x, v128_t y) {
    return wasm_v128_bitselect(x, wasm_f32x4_mul(x, y), wasm_f32x4_ge(x, wasm_f32x4_splat(0.0f)));
  });
}

template <typename T>
void PreluQuantized(const PreluParams& params, const BroadcastPlan& plan, const T* a,
                    const T* slope, T* out) {
  const FixedScale positive(params.positive);
  const FixedScale negative(params.negative);
  const simd::IntegerClamp clamp(params.output);
  // The lowest bit says which side it is. No branches: V8 makes them of choices, and the sides of
  // real data cannot be foreseen.
  MapSixteen(
      plan, a, slope, out,
      [&](T x, T y) {
        const int32_t value = x - params.a_zero_point;
        const int32_t is_negative = value >> 31;  // -1 or 0
        const int32_t factor = (is_negative & (y - params.slope_zero_point - 1)) + 1;
        return 2 * value * factor - is_negative;
      },
      [&](v128_t tagged) {
        const v128_t value = wasm_i32x4_shr(tagged, 1);
        const v128_t is_negative =
            wasm_i32x4_ne(wasm_v128_and(tagged, wasm_i32x4_splat(1)), wasm_i32x4_splat(0));
        return clamp(wasm_v128_bitselect(negative(value), positive(value), is_negative));
      });
}

#define OCTO_PLAIN(T) \
  template void BinaryPlain<T>(BinaryKind, const BroadcastPlan&, const T*, const T*, T*, T, T);
OCTO_PLAIN(float)
OCTO_PLAIN(int8_t)
OCTO_PLAIN(uint8_t)
OCTO_PLAIN(int16_t)
OCTO_PLAIN(int32_t)
OCTO_PLAIN(uint32_t)
OCTO_PLAIN(int64_t)
#undef OCTO_PLAIN

#define OCTO_QUANTIZED(T)                                                                  \
  template void AddReference<T>(const AddReferenceParams&, const BroadcastPlan&, const T*, \
                                const T*, T*);                                             \
  template void MulReference<T>(const MulReferenceParams&, const BroadcastPlan&, const T*, \
                                const T*, T*);                                             \
  template void PreluQuantized<T>(const PreluParams&, const BroadcastPlan&, const T*, const T*, T*);
OCTO_QUANTIZED(int8_t)
OCTO_QUANTIZED(uint8_t)
#undef OCTO_QUANTIZED

}  // namespace octolite
