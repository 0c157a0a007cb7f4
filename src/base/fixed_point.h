#pragma once

#include <cstdint>

// The fixed-point arithmetic of TFLite's reference kernels ("reference" arithmetic, ARCHITECTURE
// section Numerics). Source of the algorithm: Jacob et al. 2017, arXiv:1712.05877, section 2.2,
// with the rounding of gemmlowp.

namespace octolite {

// A positive real number as multiplier * 2^(shift - 31), multiplier in [2^30, 2^31).
struct FixedMultiplier {
  int32_t multiplier = 0;
  int shift = 0;  // > 0: left
};

// Rounds half away from zero; reals below 2^-32 give zero, above 2^30 (and what is
// not a number) saturate.
FixedMultiplier QuantizeMultiplier(double real);

// round(a * b / 2^31), ties towards +infinity, saturated at INT32_MAX (a = b = INT32_MIN).
inline int32_t SaturatingRoundingDoublingHighMul(int32_t a, int32_t b) {
  if (a == b && a == INT32_MIN) return INT32_MAX;
  const int64_t product = static_cast<int64_t>(a) * b;
  const int64_t nudge = product >= 0 ? (int64_t{1} << 30) : (1 - (int64_t{1} << 30));
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

// x / 2^exponent, ties away from zero; exponent in [0, 31].
inline int32_t RoundingDivideByPowerOfTwo(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

// x * m with double rounding: the default build of the reference kernels. The left shift wraps as
// theirs does.
inline int32_t MultiplyByQuantizedMultiplier(int32_t x, FixedMultiplier m) {
  const int left = m.shift > 0 ? m.shift : 0;
  const int right = m.shift > 0 ? 0 : -m.shift;
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return RoundingDivideByPowerOfTwo(SaturatingRoundingDoublingHighMul(shifted, m.multiplier),
                                    right);
}

}  // namespace octolite
