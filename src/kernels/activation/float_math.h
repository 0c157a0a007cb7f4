#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

// Functions of one float without branches or library calls, so that loops over them become vector
// code and give the same bits on every machine.

namespace octolite {

// exp(x) within 2 units in the last place; below -87.33 the smallest normal number, above 88.37 the
// value there; not-a-number for itself. x = n * ln 2 + r with |r| <= ln 2 / 2, and exp(r) by the
// polynomial of the Cephes library (S. Moshier, expf), which is minimax on that interval.
inline float ExpOf(float x) {
  constexpr float kLog2E = 1.44269504f;
  constexpr float kLn2High = 0.693359375f;  // exact in 9 bits: n * kLn2High has no rounding
  constexpr float kLn2Low = -2.12194440e-4f;
  const float bounded = std::min(std::max(-87.33f, x), 88.37f);  // a number for any x
  const float n = std::nearbyint(bounded * kLog2E);
  const float r = (bounded - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float exp_r = (p * r * r + r) + 1.0f;
  const int32_t power = (static_cast<int32_t>(n) + 127) << 23;
  return x == x ? exp_r * std::bit_cast<float>(power) : x;
}

inline float FastLogistic(float x) { return 1.0f / (1.0f + ExpOf(-x)); }

// tanh(x): an odd polynomial near 0 (Cephes, tanhf), 1 - 2 / (exp(2 x) + 1) beyond.
inline float FastTanh(float x) {
  const float magnitude = std::fabs(x);
  const float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const float near_zero = p * square * x + x;
  const float far = 1.0f - 2.0f / (ExpOf(2.0f * magnitude) + 1.0f);
  return magnitude < 0.625f ? near_zero : (x < 0 ? -far : far);
}

// To the nearest integer, ties away from zero, as std::round.
inline float RoundHalfAway(float x) {
  const float whole = std::trunc(x);
  const float step = x < 0 ? -1.0f : 1.0f;
  return whole + (std::fabs(x - whole) >= 0.5f ? step : 0.0f);
}

}  // namespace octolite
