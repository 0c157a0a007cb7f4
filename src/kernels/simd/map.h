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

}  // namespace octolite::simd
