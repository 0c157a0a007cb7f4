#include "kernels/softmax/exp_row.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "kernels/simd/exp.h"
#include "kernels/simd/map.h"

namespace octolite {
namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

}  // namespace

float LargestOfRow(const float* in, int64_t depth) {
  const v128_t largest = simd::FoldFloats(
      in, static_cast<size_t>(depth), wasm_f32x4_splat(kLowest), kLowest,
      [](v128_t x, size_t, size_t) { return x; },
      [](v128_t a, v128_t b) { return wasm_f32x4_pmax(a, b); });
  float lanes[4];
  simd::Store(lanes, largest);
  return std::max(std::max(lanes[0], lanes[1]), std::max(lanes[2], lanes[3]));
}

float ExpOfRow(const float* in, float* out, int64_t depth, float offset, float factor) {
  const v128_t offsets = wasm_f32x4_splat(offset);
  const v128_t factors = wasm_f32x4_splat(factor);
  const v128_t sums = simd::FoldFloats(
      in, static_cast<size_t>(depth), wasm_f32x4_splat(0.0f), kLowest,
      [=](v128_t x, size_t at, size_t count) {
        const v128_t e = simd::Exp(wasm_f32x4_mul(wasm_f32x4_sub(x, offsets), factors));
        if (count == 4) {
          simd::Store(out + at, e);
        } else {
          simd::StoreFloats(out + at, e, count);
        }
        return e;
      },
      [](v128_t a, v128_t b) { return wasm_f32x4_add(a, b); });
  float lanes[4];
  simd::Store(lanes, sums);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

}  // namespace octolite
