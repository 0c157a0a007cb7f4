// AddLitert and MulLitert, 16 elements at a time: the same integers as the scalar forms.

#include <cstring>
#include <type_traits>

#include "kernels/elementwise/binary.h"
#include "kernels/requantize.h"
#include "kernels/simd/simd.h"

namespace octolite {
namespace {

using simd::Load;
using simd::Store;

// Eight 8-bit elements as i16x8.
template <typename T>
v128_t WidenLow(v128_t v) {
  return std::is_signed_v<T> ? wasm_i16x8_extend_low_i8x16(v) : wasm_u16x8_extend_low_u8x16(v);
}
template <typename T>
v128_t WidenHigh(v128_t v) {
  return std::is_signed_v<T> ? wasm_i16x8_extend_high_i8x16(v) : wasm_u16x8_extend_high_u8x16(v);
}

// Two i16x8 saturated to 8 bits and clamped.
template <typename T>
struct Narrow {
  explicit Narrow(const OutputRange& range)
      : min(wasm_i8x16_splat(static_cast<int8_t>(range.min))),
        max(wasm_i8x16_splat(static_cast<int8_t>(range.max))) {}
  v128_t operator()(v128_t low, v128_t high) const {
    if constexpr (std::is_signed_v<T>) {
      return wasm_i8x16_min(wasm_i8x16_max(wasm_i8x16_narrow_i16x8(low, high), min), max);
    } else {
      return wasm_u8x16_min(wasm_u8x16_max(wasm_u8x16_narrow_i16x8(low, high), min), max);
    }
  }
  v128_t min, max;
};

// f(a, b) on 16 elements, over a run of any length; an operand of step 0 is one element. Runs
// shorter than a vector go through memory of their own, so that nothing past the end is touched.
// The output may be an operand that steps.
template <typename T, typename F>
void Row(const T* a, bool a_steps, const T* b, bool b_steps, T* out, int64_t count, F f) {
  constexpr int64_t kWidth = 16;
  v128_t va = wasm_i8x16_splat(static_cast<int8_t>(*a));
  v128_t vb = wasm_i8x16_splat(static_cast<int8_t>(*b));
  if (count >= kWidth) {
    // The last whole vector may overlap the one before it, and what is there is written twice
    // alike: it is read before anything is written over.
    const int64_t last = count - kWidth;
    const v128_t last_a = a_steps ? Load(a + last) : va;
    const v128_t last_b = b_steps ? Load(b + last) : vb;
    for (int64_t i = 0; i < last; i += kWidth) {
      if (a_steps) va = Load(a + i);
      if (b_steps) vb = Load(b + i);
      Store(out + i, f(va, vb));
    }
    Store(out + last, f(last_a, last_b));
    return;
  }
  const auto rest = static_cast<size_t>(count);
  T tail[kWidth] = {};
  if (a_steps) {
    std::memcpy(tail, a, rest);
    va = Load(tail);
  }
  if (b_steps) {
    std::memcpy(tail, b, rest);
    vb = Load(tail);
  }
  Store(tail, f(va, vb));
  std::memcpy(out, tail, rest);
}

template <typename T, typename F>
void Map16(const BroadcastPlan& plan, const T* a, const T* b, T* out, F f) {
  ForEachLongRow(
      plan, a, b,
      [=](const T* pa, bool a_steps, const T* pb, bool b_steps, int64_t out_offset, int64_t count) {
        T* po = out + out_offset;
        // Three loops, each without a choice inside.
        if (!b_steps) {
          Row(pa, true, pb, false, po, count, f);
        } else if (!a_steps) {
          Row(pa, false, pb, true, po, count, f);
        } else {
          Row(pa, true, pb, true, po, count, f);
        }
      });
}

}  // namespace

template <typename T>
void AddLitert(const AddLitertParams& p, const BroadcastPlan& plan, const T* a, const T* b,
               T* out) {
  const v128_t a_multiplier = wasm_i32x4_splat(p.a_multiplier);
  const v128_t b_multiplier = wasm_i32x4_splat(p.b_multiplier);
  const v128_t bias = wasm_i32x4_splat(p.bias);
  const v128_t zero_point = wasm_i16x8_splat(static_cast<int16_t>(p.output.zero_point));
  const auto shift = static_cast<uint32_t>(p.shift);
  const Narrow<T> narrow(p.output);
  const auto sum = [=](v128_t x, v128_t y) {
    const v128_t products =
        wasm_i32x4_add(wasm_i32x4_mul(x, a_multiplier), wasm_i32x4_mul(y, b_multiplier));
    return wasm_i32x4_shr(wasm_i32x4_add(products, bias), shift);
  };
  // The shifted sums may pass 16 bits, but then saturate on their own side of every output.
  const auto half = [=](v128_t x, v128_t y) {
    const v128_t low = sum(wasm_i32x4_extend_low_i16x8(x), wasm_i32x4_extend_low_i16x8(y));
    const v128_t high = sum(wasm_i32x4_extend_high_i16x8(x), wasm_i32x4_extend_high_i16x8(y));
    return wasm_i16x8_add_sat(wasm_i16x8_narrow_i32x4(low, high), zero_point);
  };
  Map16(plan, a, b, out, [=](v128_t x, v128_t y) {
    return narrow(half(WidenLow<T>(x), WidenLow<T>(y)), half(WidenHigh<T>(x), WidenHigh<T>(y)));
  });
}

template <typename T>
void MulLitert(const MulLitertParams& p, const BroadcastPlan& plan, const T* a, const T* b,
               T* out) {
  const v128_t a_zero_point = wasm_i16x8_splat(static_cast<int16_t>(p.a_zero_point));
  const v128_t b_zero_point = wasm_i16x8_splat(static_cast<int16_t>(p.b_zero_point));
  const v128_t scale = wasm_f32x4_splat(p.scale);
  const simd::FloatRounder rounder(p.output);
  const Narrow<T> narrow(p.output);
  const auto scaled = [=](v128_t product) {
    return rounder(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(product), scale));
  };
  const auto half = [=](v128_t x, v128_t y) {
    const v128_t dx = wasm_i16x8_sub(x, a_zero_point);
    const v128_t dy = wasm_i16x8_sub(y, b_zero_point);
    return wasm_i16x8_narrow_i32x4(scaled(wasm_i32x4_extmul_low_i16x8(dx, dy)),
                                   scaled(wasm_i32x4_extmul_high_i16x8(dx, dy)));
  };
  Map16(plan, a, b, out, [=](v128_t x, v128_t y) {
    return narrow(half(WidenLow<T>(x), WidenLow<T>(y)), half(WidenHigh<T>(x), WidenHigh<T>(y)));
  });
}

template void AddLitert<int8_t>(const AddLitertParams&, const BroadcastPlan&, const int8_t*,
                                const int8_t*, int8_t*);
template void AddLitert<uint8_t>(const AddLitertParams&, const BroadcastPlan&, const uint8_t*,
                                 const uint8_t*, uint8_t*);
template void MulLitert<int8_t>(const MulLitertParams&, const BroadcastPlan&, const int8_t*,
                                const int8_t*, int8_t*);
template void MulLitert<uint8_t>(const MulLitertParams&, const BroadcastPlan&, const uint8_t*,
                                 const uint8_t*, uint8_t*);

}  // namespace octolite
