#include "kernels/requantize.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "kernel_test_util.h"
#include "kernels/output_stage.h"

namespace octolite::testing {
namespace {

constexpr OutputRange kFull = {.zero_point = 0, .min = -128, .max = 127};

TEST(RequantizeFloatTest, TiesGoToEven) {
  EXPECT_EQ(RequantizeFloat(1, 0.5f, kFull), 0);
  EXPECT_EQ(RequantizeFloat(3, 0.5f, kFull), 2);
  EXPECT_EQ(RequantizeFloat(5, 0.5f, kFull), 2);
  EXPECT_EQ(RequantizeFloat(-1, 0.5f, kFull), 0);
  EXPECT_EQ(RequantizeFloat(-3, 0.5f, kFull), -2);
}

TEST(RequantizeDoubleTest, TiesGoAwayFromZero) {
  EXPECT_EQ(RequantizeDouble(1, 0.5, kFull), 1);
  EXPECT_EQ(RequantizeDouble(3, 0.5, kFull), 2);
  EXPECT_EQ(RequantizeDouble(-1, 0.5, kFull), -1);
  EXPECT_EQ(RequantizeDouble(-5, 0.5, kFull), -3);
}

TEST(RequantizeFixedPointTest, RoundsTwice) {
  // 3/4 of 2 is 1.5: half away from zero, from both signs.
  EXPECT_EQ(RequantizeFixedPoint(2, QuantizeMultiplier(0.75), kFull), 2);
  EXPECT_EQ(RequantizeFixedPoint(-2, QuantizeMultiplier(0.75), kFull), -1);
  EXPECT_EQ(RequantizeFixedPoint(10, QuantizeMultiplier(3.0), kFull), 30);
}

TEST(RequantizeFixedPointUpTest, TiesOfTheSecondRoundingGoUp) {
  // 3 / 8 of 4 is 1.5; of -4 it is -1.5, which is nearer to 0 than to the reference's -2.
  EXPECT_EQ(RequantizeFixedPointUp(4, QuantizeMultiplier(0.375), kFull), 2);
  EXPECT_EQ(RequantizeFixedPointUp(-4, QuantizeMultiplier(0.375), kFull), -1);
  EXPECT_EQ(RequantizeFixedPoint(-4, QuantizeMultiplier(0.375), kFull), -2);
}

TEST(RequantizeFixedPointWideTest, RoundsOnceWithAMultiplierOf16Bits) {
  const OutputRange range = {.zero_point = 0, .min = -32768, .max = 32767};
  EXPECT_EQ(RequantizeFixedPointWide(6, QuantizeMultiplier(0.25), range), 2);
  EXPECT_EQ(RequantizeFixedPointWide(-6, QuantizeMultiplier(0.25), range), -1);
  EXPECT_EQ(RequantizeFixedPointWide(int64_t{1} << 40, QuantizeMultiplier(0x1p-30), range), 1024);
  // 0.55 is 18022 / 2^15 in 16 bits: a little less, which large sums show.
  EXPECT_EQ(RequantizeFixedPointWide(59000, QuantizeMultiplier(0.55), range), 32449);
}

TEST(RequantizeTest, ZeroPointAndClampComeLast) {
  const OutputRange range = {.zero_point = 100, .min = 100, .max = 120};
  EXPECT_EQ(RequantizeFloat(10, 1.0f, range), 110);
  EXPECT_EQ(RequantizeFloat(-10, 1.0f, range), 100);
  EXPECT_EQ(RequantizeFloat(50, 1.0f, range), 120);
  EXPECT_EQ(RequantizeFixedPoint(50, QuantizeMultiplier(1.0), range), 120);
  EXPECT_EQ(RequantizeDouble(-50, 1.0, range), 100);
}

// Accumulators around every power of two, ties of the scale, and random ones.
std::vector<int32_t> Accumulators(Rng& rng) {
  std::vector<int32_t> values = {INT32_MIN, INT32_MIN + 1, INT32_MAX, INT32_MAX - 1};
  for (int bit = 0; bit < 31; ++bit) {
    for (const int32_t near : {-1, 0, 1}) {
      const int32_t value = static_cast<int32_t>((int64_t{1} << bit) + near);
      values.push_back(value);
      values.push_back(-value);
    }
  }
  for (int i = 0; i < 400; ++i) {
    values.push_back(static_cast<int32_t>(rng.Next()) >> rng.Integer(0, 31));
  }
  while (values.size() % 8 != 0) values.push_back(0);
  return values;
}

template <typename T>
void ExpectStoreEqualsScalar(const QuantizedOutput& output, const std::vector<int32_t>& values) {
  for (size_t i = 0; i < values.size(); i += 8) {
    for (int count = 1; count <= 8; ++count) {
      std::array<T, 8> actual = {};
      WithQuantizedStore<T>(output, [&](const auto& store) {
        store(simd::Load(&values[i]), simd::Load(&values[i + 4]), 0, actual.data(), count);
      });
      for (int c = 0; c < 8; ++c) {
        const auto lane = static_cast<size_t>(c);
        const int32_t expected = c < count ? output.Requantize(values[i + lane], lane) : 0;
        ASSERT_EQ(actual[lane], static_cast<T>(expected))
            << "accumulator " << values[i + lane] << " rounding "
            << static_cast<int>(output.rounding) << " zero point " << output.range.zero_point
            << " channel " << c;
      }
    }
  }
}

TEST(QuantizedStoreTest, EqualsScalarInEveryRounding) {
  Rng rng(7);
  const std::vector<int32_t> values = Accumulators(rng);
  for (int i = 0; i < 40; ++i) {
    for (const Rounding rounding : kAllRoundings) {
      // Small depths make large scales, so that both shifts occur.
      const int64_t depth = int64_t{1} << rng.Integer(0, 20);
      ExpectStoreEqualsScalar<int8_t>(RandomOutput(rng, rounding, 8, depth, false), values);
      ExpectStoreEqualsScalar<uint8_t>(RandomOutput(rng, rounding, 8, depth, true), values);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(QuantizedStoreTest, ExtremeScales) {
  Rng rng(8);
  const std::vector<int32_t> values = Accumulators(rng);
  const std::vector<double> scales = {0.0, 1e-40, 1e-12, 0x1p-31, 0x1p-16, 255.0, 1e6, 1e30};
  const std::vector<float> floats(scales.begin(), scales.end());
  for (const Rounding rounding : kAllRoundings) {
    ExpectStoreEqualsScalar<int8_t>(
        QuantizedOutput::Make(rounding, {.zero_point = -5, .min = -128, .max = 127}, floats,
                              scales),
        values);
  }
}

TEST(FloatRounderTest, EqualsScalar) {
  Rng rng(9);
  const OutputRange range = {.zero_point = 3, .min = -100, .max = 127};
  const simd::FloatRounder rounder(range);
  for (int i = 0; i < 1000; ++i) {
    const float value = std::ldexp(rng.Uniform() - 0.5f, static_cast<int>(rng.Integer(-2, 40)));
    const int32_t lane = wasm_i32x4_extract_lane(rounder(wasm_f32x4_splat(value)), 2);
    EXPECT_EQ(std::min(lane, range.max), RoundToOutput(value, range)) << value;
  }
}

}  // namespace
}  // namespace octolite::testing
