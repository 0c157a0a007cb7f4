#include "kernels/activation/activation.h"

#include <cmath>

#include "kernels/simd/exp.h"
#include "kernels/simd/map.h"

namespace octolite {
float LogisticOf(float x) {
  return static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(x))));
}

float TanhOf(float x) { return std::tanh(x); }

void ClampFloat(const float* in, float* out, size_t count, float min, float max) {
  const v128_t low = wasm_f32x4_splat(min);
  const v128_t high = wasm_f32x4_splat(max);
  simd::MapFloats(in, out, count,
                  [=](v128_t x) { return wasm_f32x4_pmin(wasm_f32x4_pmax(x, low), high); });
}

void LogisticFloat(const float* in, float* out, size_t count) {
  simd::MapFloats(in, out, count, [](v128_t x) { return simd::Logistic(x); });
}

void TanhFloat(const float* in, float* out, size_t count) {
  simd::MapFloats(in, out, count, [](v128_t x) { return simd::Tanh(x); });
}

void HardSwishFloat(const float* in, float* out, size_t count) {
  const v128_t three = wasm_f32x4_splat(3.0f);
  const v128_t zero = wasm_f32x4_splat(0.0f);
  const v128_t six = wasm_f32x4_splat(6.0f);
  const v128_t sixth = wasm_f32x4_splat(1.0f / 6.0f);
  simd::MapFloats(in, out, count, [=](v128_t x) {
    const v128_t gate = wasm_f32x4_pmin(wasm_f32x4_pmax(wasm_f32x4_add(x, three), zero), six);
    return wasm_f32x4_mul(wasm_f32x4_mul(x, gate), sixth);
  });
}

void LeakyReluFloat(const float* in, float* out, size_t count, float slope) {
  const v128_t zero = wasm_f32x4_splat(0.0f);
  const v128_t slopes = wasm_f32x4_splat(slope);
  simd::MapFloats(in, out, count, [=](v128_t x) {
    return wasm_v128_bitselect(wasm_f32x4_mul(x, slopes), x, wasm_f32x4_lt(x, zero));
  });
}

}  // namespace octolite
