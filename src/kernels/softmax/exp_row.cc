#include "kernels/softmax/exp_row.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "kernels/simd/exp.h"
#include "kernels/simd/map.h"

namespace octolite {
namespace {

constexpr float kLowest = -std::numeric_limits<float>::infinity();

// Folds four vectors at a time, in chains that do not wait for each other. What is missing in the
// last vector is `kLowest`.
template <typename F, typename Combine>
v128_t FoldRow(const float* in, size_t count, v128_t start, F f, Combine combine) {
  v128_t chains[4] = {start, start, start, start};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const size_t at = i + 4 * lane;
      chains[lane] = combine(chains[lane], f(simd::Load(in + at), at, size_t{4}));
    }
  }
  for (; i < count; i += 4) {
    const size_t rest = std::min<size_t>(count - i, 4);
    const v128_t v = rest == 4 ? simd::Load(in + i) : simd::LoadFloats(in + i, rest, kLowest);
    chains[0] = combine(chains[0], f(v, i, rest));
  }
  return combine(combine(chains[0], chains[1]), combine(chains[2], chains[3]));
}

}  // namespace

float LargestOfRow(const float* in, int64_t depth) {
  const v128_t largest = FoldRow(
      in, static_cast<size_t>(depth), wasm_f32x4_splat(kLowest),
      [](v128_t x, size_t, size_t) { return x; },
      [](v128_t a, v128_t b) { return wasm_f32x4_pmax(a, b); });
  float lanes[4];
  simd::Store(lanes, largest);
  return std::max(std::max(lanes[0], lanes[1]), std::max(lanes[2], lanes[3]));
}

float ExpOfRow(const float* in, float* out, int64_t depth, float offset, float factor) {
  const v128_t offsets = wasm_f32x4_splat(offset);
  const v128_t factors = wasm_f32x4_splat(factor);
  const v128_t sums = FoldRow(
      in, static_cast<size_t>(depth), wasm_f32x4_splat(0.0f),
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
