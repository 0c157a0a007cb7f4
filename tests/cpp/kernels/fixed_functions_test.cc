// Fixed-point functions of quantized LSTM against the real ones, over every input. That they equal
// the peer's bits is what the goldens hold.

#include "kernels/recurrent/fixed_functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace octolite {
namespace {

TEST(FixedFunctions, LogisticIsCloseEverywhere) {
  double worst = 0;
  for (int x = -32768; x <= 32767; ++x) {
    const double real = 32768 / (1 + std::exp(-x / 4096.0));
    worst = std::max(worst, std::abs(LogisticQ3(static_cast<int16_t>(x)) - real));
  }
  EXPECT_LT(worst, 16);
  EXPECT_GT(worst, 0.5);
  EXPECT_EQ(LogisticQ3(0), 16384);
}

TEST(FixedFunctions, TanhIsCloseEverywhereInEveryFormat) {
  for (int bits = 0; bits <= 6; ++bits) {
    SCOPED_TRACE(bits);
    double worst = 0;
    for (int x = -32768; x <= 32767; ++x) {
      const double real = 32768 * std::tanh(x / std::ldexp(1.0, 15 - bits));
      worst = std::max(worst, std::abs(TanhQ(static_cast<int16_t>(x), bits) - real));
    }
    EXPECT_LT(worst, 40);
    EXPECT_EQ(TanhQ(0, bits), 0);
  }
}

TEST(FixedFunctions, InverseSquareRoot) {
  for (const int32_t x : {2, 3, 4, 5, 16, 1000, 32767, 1 << 20, 1 << 27, 1 << 28, (1 << 29) - 1,
                          1 << 29, 1 << 30, INT32_MAX}) {
    SCOPED_TRACE(x);
    const FixedMultiplier inverse = InverseSqrtMultiplier(x);
    const double value = std::ldexp(inverse.multiplier, inverse.shift - 31);
    EXPECT_NEAR(value * std::sqrt(static_cast<double>(x)), 1.0, 2e-6);
  }
  EXPECT_EQ(InverseSqrtMultiplier(1).multiplier, INT32_MAX);
  EXPECT_EQ(InverseSqrtMultiplier(0).shift, 0);
}

TEST(FixedFunctions, RescaleRoundsOrSaturates) {
  EXPECT_EQ(RescaleQ(24, 0, 4), 2);  // 1.5, away from zero
  EXPECT_EQ(RescaleQ(-24, 0, 4), -2);
  EXPECT_EQ(RescaleQ(7, 0, 4), 0);
  EXPECT_EQ(RescaleQ(5, 4, 3), 10);
  EXPECT_EQ(RescaleQ(20000, 4, 3), 32767);
  EXPECT_EQ(RescaleQ(-20000, 4, 3), -32768);
  EXPECT_EQ(SaturatingRoundingDoublingHighMul16(-32768, -32768), 32767);
  EXPECT_EQ(SaturatingRoundingDoublingHighMul16(16384, 3), 2);  // 1.5, up
}

}  // namespace
}  // namespace octolite
