#include "base/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace octolite {
namespace {

TEST(FixedPoint, HighMulRoundsAndSaturates) {
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(INT32_MIN, INT32_MIN), INT32_MAX);
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(1 << 30, 3), 2);    // 1.5
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(1 << 30, -3), -1);  // -1.5, towards +infinity
  EXPECT_EQ(SaturatingRoundingDoublingHighMul(INT32_MAX, INT32_MAX), INT32_MAX - 1);
}

TEST(FixedPoint, DivideByPowerOfTwoRoundsTiesAwayFromZero) {
  EXPECT_EQ(RoundingDivideByPowerOfTwo(5, 1), 3);
  EXPECT_EQ(RoundingDivideByPowerOfTwo(-5, 1), -3);
  EXPECT_EQ(RoundingDivideByPowerOfTwo(-4, 2), -1);
  EXPECT_EQ(RoundingDivideByPowerOfTwo(INT32_MIN, 31), -1);
  EXPECT_EQ(RoundingDivideByPowerOfTwo(123, 0), 123);
}

TEST(FixedPoint, QuantizedMultiplierStandsForItsReal) {
  for (const double real : {1e-9, 0.00123, 0.25, 0.5, 0.75, 0.999999999, 1.0, 1.5, 1000.0}) {
    const FixedMultiplier m = QuantizeMultiplier(real);
    EXPECT_GE(m.multiplier, 1 << 30) << real;
    EXPECT_NEAR(std::ldexp(m.multiplier, m.shift - 31) / real, 1.0, 1e-9) << real;
  }
  EXPECT_EQ(QuantizeMultiplier(0.0).multiplier, 0);
}

TEST(FixedPoint, MultiplyIsWithinOneOfTheRealProduct) {
  for (const double real : {0.0003, 0.1, 0.5, 0.9, 1.7, 30.0}) {
    const FixedMultiplier m = QuantizeMultiplier(real);
    for (const int32_t x : {-2000000, -12345, -1, 0, 1, 77, 65536, 3000001}) {
      EXPECT_NEAR(MultiplyByQuantizedMultiplier(x, m), x * real, 1.0) << x << " * " << real;
    }
  }
}

}  // namespace
}  // namespace octolite
