#pragma once

#include <bit>

#include "kernels/fixed_math.h"
#include "kernels/requantize.h"

namespace octolite {

// A quotient of quantized numbers as the reference kernels compute it: the reciprocal of the
// divisor in fixed point, times the dividend shifted as far left as it goes, rescaled.
struct QuantizedDivision {
  int32_t a_zero_point = 0;
  int32_t b_zero_point = 0;
  FixedMultiplier multiplier;  // s_a / (s_b * s_out)
  OutputRange output;

  // b is not its zero point.
  int32_t operator()(int32_t a, int32_t b) const {
    int32_t dividend = a - a_zero_point;
    int32_t divisor = b - b_zero_point;
    if (divisor < 0) {
      dividend = -dividend;
      divisor = -divisor;
    }
    const FixedReciprocal reciprocal = ReciprocalOf(divisor);
    const uint32_t magnitude = static_cast<uint32_t>(dividend < 0 ? ~dividend : dividend);
    const int headroom = std::countl_zero(magnitude) - 1;
    const int32_t quotient = SaturatingRoundingDoublingHighMul(
        static_cast<int32_t>(static_cast<uint32_t>(dividend) << headroom), reciprocal.mantissa);
    const FixedMultiplier scale = ScaleMultiplier(multiplier, -reciprocal.shift - headroom);
    return RequantizeFixedPoint(quotient, scale, output);
  }
};

}  // namespace octolite
