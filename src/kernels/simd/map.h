#pragma once

#include <cstddef>
#include <cstring>

#include "kernels/simd/simd.h"

namespace octolite::simd {

// Up to three floats and `rest` behind them, without touching what lies beyond.
inline v128_t LoadFloats(const float* from, size_t count, float rest = 0) {
  float values[4] = {rest, rest, rest, rest};
  std::memcpy(values, from, count * sizeof(float));
  return Load(values);
}

inline void StoreFloats(float* to, v128_t v, size_t count) {
  float values[4];
  Store(values, v);
  std::memcpy(to, values, count * sizeof(float));
}

// out[i] = f(in[i]) for a function of vectors; in and out may be the same.
template <typename F>
void MapFloats(const float* in, float* out, size_t count, F f) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const v128_t a = f(Load(in + i));
    const v128_t b = f(Load(in + i + 4));
    Store(out + i, a);
    Store(out + i + 4, b);
  }
  for (; i + 4 <= count; i += 4) Store(out + i, f(Load(in + i)));
  if (i < count) StoreFloats(out + i, f(LoadFloats(in + i, count - i)), count - i);
}

// out[i] = f(a[i], b[i]), alike; out may be a or b.
template <typename F>
void MapFloatPairs(const float* a, const float* b, float* out, size_t count, F f) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const v128_t first = f(Load(a + i), Load(b + i));
    const v128_t second = f(Load(a + i + 4), Load(b + i + 4));
    Store(out + i, first);
    Store(out + i + 4, second);
  }
  for (; i + 4 <= count; i += 4) Store(out + i, f(Load(a + i), Load(b + i)));
  if (i < count) {
    const size_t rest = count - i;
    StoreFloats(out + i, f(LoadFloats(a + i, rest), LoadFloats(b + i, rest)), rest);
  }
}

// Folds f(vector, at, count) of floats from in[at] on, in four chains that do not wait for each
// other. The last vector may have fewer than four, `count`, and `rest` in place of the others.
template <typename F, typename Combine>
v128_t FoldFloats(const float* in, size_t count, v128_t start, float rest, F f, Combine combine) {
  v128_t chains[4] = {start, start, start, start};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const size_t at = i + 4 * lane;
      chains[lane] = combine(chains[lane], f(Load(in + at), at, size_t{4}));
    }
  }
  for (; i + 4 <= count; i += 4) chains[0] = combine(chains[0], f(Load(in + i), i, size_t{4}));
  if (i < count) {
    const v128_t v = LoadFloats(in + i, count - i, rest);
    chains[0] = combine(chains[0], f(v, i, count - i));
  }
  return combine(combine(chains[0], chains[1]), combine(chains[2], chains[3]));
}

// The sum of f(vector) over floats; f(0) must be 0.
template <typename F>
float SumFloats(const float* in, size_t count, F f) {
  const v128_t sums = FoldFloats(
      in, count, wasm_f32x4_splat(0.0f), 0.0f, [f](v128_t x, size_t, size_t) { return f(x); },
      [](v128_t a, v128_t b) { return wasm_f32x4_add(a, b); });
  float lanes[4];
  Store(lanes, sums);
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

}  // namespace octolite::simd
