#include "base/float16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace octolite {
namespace {

TEST(Float16, KnownBits) {
  EXPECT_EQ(Float16ToFloat(0x3C00), 1.0f);
  EXPECT_EQ(Float16ToFloat(0xC000), -2.0f);
  EXPECT_EQ(Float16ToFloat(0x7BFF), 65504.0f);
  EXPECT_EQ(Float16ToFloat(0x0001), 0x1p-24f);
  EXPECT_TRUE(std::signbit(Float16ToFloat(0x8000)));
  EXPECT_TRUE(std::isinf(Float16ToFloat(0x7C00)));
  EXPECT_TRUE(std::isnan(Float16ToFloat(0x7E01)));
}

TEST(Float16, EveryValueSurvivesTheRoundTrip) {
  for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = Float16ToFloat(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(Float16ToFloat(FloatToFloat16(value)))) << bits;
    } else {
      EXPECT_EQ(FloatToFloat16(value), half) << bits;
    }
  }
}

TEST(Float16, RoundsToNearestTiesToEven) {
  EXPECT_EQ(FloatToFloat16(1.0f + 0x1p-11f), 0x3C00);             // tie: down to even
  EXPECT_EQ(FloatToFloat16(1.0f + 3 * 0x1p-11f), 0x3C02);         // tie: up to even
  EXPECT_EQ(FloatToFloat16(1.0f + 0x1p-11f + 0x1p-20f), 0x3C01);  // over the tie
  EXPECT_EQ(FloatToFloat16(65519.0f), 0x7BFF);
  EXPECT_EQ(FloatToFloat16(65520.0f), 0x7C00);
  EXPECT_EQ(FloatToFloat16(0x1p-25f), 0x0000);
  EXPECT_EQ(FloatToFloat16(0x1.8p-25f), 0x0001);
  EXPECT_EQ(FloatToFloat16(-std::numeric_limits<float>::infinity()), 0xFC00);
}

}  // namespace
}  // namespace octolite
