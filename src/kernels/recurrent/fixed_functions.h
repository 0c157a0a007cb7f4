#pragma once

#include <algorithm>
#include <cstdint>

#include "base/fixed_point.h"

// Functions of 16-bit fixed-point numbers, without floats, as quantized LSTM computes them. QN is
// the format of N integer bits: raw / 2^(15 - N). Source: gemmlowp's fixed-point functions (Taylor
// series about -1/8 and a product of constants for exp, Newton-Raphson for the quotient), equal to
// them in every bit.

namespace octolite {

// Sums of 32 bits wrap, as the peer's do.
inline int32_t WrapAdd(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

inline int16_t Saturate16(int32_t x) { return static_cast<int16_t>(std::clamp(x, -32768, 32767)); }
inline int8_t Saturate8(int32_t x) { return static_cast<int8_t>(std::clamp(x, -128, 127)); }

// 1 / (1 + exp(-x)), Q3 to Q0.
int16_t LogisticQ3(int16_t x);

// tanh(x), Q(integer_bits) to Q0; integer_bits in [0, 6].
int16_t TanhQ(int16_t x, int integer_bits);

// a * b / 2^15, to nearest, ties towards +infinity, saturated at INT16_MAX.
int16_t SaturatingRoundingDoublingHighMul16(int16_t a, int16_t b);

// Q(from) to Q(to): rounded to nearest, ties away from zero, or saturated.
int16_t RescaleQ(int16_t x, int from, int to);

// 1 / sqrt(x), x > 0, as a multiplier and shift for MultiplyByQuantizedMultiplier.
FixedMultiplier InverseSqrtMultiplier(int32_t x);

}  // namespace octolite
