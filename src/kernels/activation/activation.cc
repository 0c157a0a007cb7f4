#include "kernels/activation/activation.h"

#include <algorithm>
#include <cmath>

#include "kernels/simd/exp.h"
#include "kernels/simd/map.h"

namespace octolite {
namespace {

// Also in place, which the compiler is told: it would otherwise go one by one there.
template <typename F>
void Map(const float* in, float* out, size_t count, F f) {
#pragma clang loop vectorize(assume_safety)
  for (size_t i = 0; i < count; ++i) out[i] = f(in[i]);
}

}  // namespace

float LogisticOf(float x) {
  return static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(x))));
}

float TanhOf(float x) { return std::tanh(x); }

void ClampFloat(const float* in, float* out, size_t count, float min, float max) {
  Map(in, out, count, [=](float x) { return std::min(std::max(x, min), max); });
}

void LogisticFloat(const float* in, float* out, size_t count) {
  simd::MapFloats(in, out, count, [](v128_t x) { return simd::Logistic(x); });
}

void TanhFloat(const float* in, float* out, size_t count) {
  simd::MapFloats(in, out, count, [](v128_t x) { return simd::Tanh(x); });
}

void HardSwishFloat(const float* in, float* out, size_t count) {
  Map(in, out, count,
      [](float x) { return x * std::min(std::max(x + 3.0f, 0.0f), 6.0f) * (1.0f / 6.0f); });
}

void LeakyReluFloat(const float* in, float* out, size_t count, float slope) {
  Map(in, out, count, [=](float x) { return x < 0 ? x * slope : x; });
}

}  // namespace octolite
