#pragma once

#include <algorithm>
#include <cstdint>

#include "base/fixed_point.h"

// Functions in 32-bit fixed point, bit for bit as gemmlowp (fixedpoint/fixedpoint.h) and the TFLite
// reference kernels compute them. Numbers are raw int32 with their integer bits named: Q0 holds
// [-1, 1), Q5 holds [-32, 32).

namespace octolite {

// x * 2^exponent, saturated; negative exponents round ties away from zero. |exponent| < 32.
inline int32_t ShiftFixed(int32_t x, int exponent) {
  if (exponent <= 0) return RoundingDivideByPowerOfTwo(x, -exponent);
  return static_cast<int32_t>(std::clamp<int64_t>(
      static_cast<int64_t>(x) * (int64_t{1} << exponent), INT32_MIN, INT32_MAX));
}

// The multiplier times 2^by: zero where that is below what the arithmetic resolves, limited to
// shifts by 30 above.
inline FixedMultiplier ScaleMultiplier(FixedMultiplier m, int by) {
  const int shift = m.shift + by;
  if (shift < -31) return {};
  return {m.multiplier, std::min(shift, 30)};
}

// exp(a) in Q0 for a <= 0 in Q5.
int32_t ExpOnNegatives(int32_t a);

// 1 / (1 + a) in Q0 for a in [0, 1) in Q0.
int32_t ReciprocalOfOnePlus(int32_t a);

// 1 / x for x > 0 as a Q0 mantissa in [0.5, 1]: 1 / x = mantissa * 2^-shift.
struct FixedReciprocal {
  int32_t mantissa = 0;
  int shift = 0;
};
FixedReciprocal ReciprocalOf(int32_t x);

// 1 / sqrt(x) for x >= 0; 0 counts as 1.
FixedMultiplier InverseSquareRoot(int32_t x);

// ln(x) in Q5 for x >= 1 in Q12.
int32_t LogOfQ12(int32_t x);

}  // namespace octolite
