#pragma once

#include <cstddef>

// Float activation functions, element by element; in and out may be the same.

namespace octolite {

// Of one value, to the last bit that the C library gives: the tables of quantized models are made
// with these.
float LogisticOf(float x);
float TanhOf(float x);

void ClampFloat(const float* in, float* out, size_t count, float min, float max);
void LogisticFloat(const float* in, float* out, size_t count);
void TanhFloat(const float* in, float* out, size_t count);
// x * min(max(x + 3, 0), 6) / 6.
void HardSwishFloat(const float* in, float* out, size_t count);
// x < 0 ? slope * x : x.
void LeakyReluFloat(const float* in, float* out, size_t count, float slope);

}  // namespace octolite
