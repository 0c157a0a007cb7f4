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

// One multiplier for all lanes.
simd::FixedLanes FixedLanesOf(FixedMultiplier scale) {
  const v128_t right = wasm_f64x2_splat(std::ldexp(1.0, std::min(scale.shift, 0)));
  const auto left = static_cast<int32_t>(uint32_t{1} << std::max(scale.shift, 0));
  return {wasm_i32x4_splat(scale.multiplier), wasm_i32x4_splat(left), right, right};
}

// 16 sums as RequantizeFixedPoint makes 8 bits of them.
template <typename T>
void StoreRequantized(const int32_t* sums, const simd::FixedLanes& scale,
                      const simd::IntegerClamp& clamp, T* out) {
  const auto four = [&](int k) {
    return clamp(simd::MultiplyFixed<false>(simd::Load(sums + 4 * k), scale));
  };
  const v128_t low = wasm_i16x8_narrow_i32x4(four(0), four(1));
  const v128_t high = wasm_i16x8_narrow_i32x4(four(2), four(3));
  simd::Store(out, std::is_signed_v<T> ? wasm_i8x16_narrow_i16x8(low, high)
                                       : wasm_u8x16_narrow_i16x8(low, high));
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
  const simd::FixedLanes multiplier = FixedLanesOf(params.output_multiplier);
  const simd::IntegerClamp clamp(params.output);
  ForEachLongRow(
      plan, a, b,
      [&](const T* pa, bool a_steps, const T* pb, bool b_steps, int64_t out_offset, int64_t count) {
        constexpr int64_t kTogether = 16;
        for (int64_t i = 0; i < count; i += kTogether) {
          const int64_t n = std::min(kTogether, count - i);
          int32_t sums[kTogether] = {};
          for (int64_t k = 0; k < n; ++k) {
            sums[k] = of_a[static_cast<uint8_t>(pa[a_steps ? i + k : 0])] +
                      of_b[static_cast<uint8_t>(pb[b_steps ? i + k : 0])];
          }
          T values[kTogether];
          StoreRequantized(sums, multiplier, clamp, values);
          std::copy_n(values, n, out + out_offset + i);
        }
      });
}

template <typename T>
void MulReference(const MulReferenceParams& params, const BroadcastPlan& plan, const T* a,
                  const T* b, T* out) {
  MapBroadcast(plan, a, b, out, [p = params](T x, T y) {
    const int32_t product = (x - p.a_zero_point) * (y - p.b_zero_point);
    return static_cast<T>(RequantizeFixedPoint(product, p.multiplier, p.output));
  });
}

void PreluFloat(const BroadcastPlan& plan, const float* a, const float* slope, float* out) {
  MapVectors(plan, a, slope, out, [](v128_t x, v128_t y) {
    return wasm_v128_bitselect(x, wasm_f32x4_mul(x, y), wasm_f32x4_ge(x, wasm_f32x4_splat(0.0f)));
  });
}

template <typename T>
void PreluQuantized(const PreluParams& params, const BroadcastPlan& plan, const T* a,
                    const T* slope, T* out) {
  MapBroadcast(plan, a, slope, out, [p = params](T x, T y) {
    const int32_t value = x - p.a_zero_point;
    return static_cast<T>(
        value >= 0 ? RequantizeFixedPoint(value, p.positive, p.output)
                   : RequantizeFixedPoint(value * (y - p.slope_zero_point), p.negative, p.output));
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
