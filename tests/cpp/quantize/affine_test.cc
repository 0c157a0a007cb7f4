#include "quantize/affine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace octolite {
namespace {

std::vector<int8_t> AsInt8(const std::vector<uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(AffineTest, WorkedExample) {
  // The reals 0, 0.5, 1, 1.5, 2: scale 2/255, zero point -128.
  const Form form = FormForRange({0, 2}, DataType::kInt8, false).value();
  EXPECT_EQ(form, (Form{DataType::kInt8, {2.0f / 255.0f, -128}}));
  const std::vector<float> reals = {0, 0.5f, 1, 1.5f, 2};
  // 0.5 is 63.75 steps, 1 just below 127.5 (the scale in float32 is above 2/255), 1.5 191.25.
  EXPECT_EQ(AsInt8(QuantizeActivations(reals, form)),
            (std::vector<int8_t>{-128, -64, -1, 63, 127}));
}

TEST(AffineTest, ZeroIsExactInEveryRange) {
  for (const Range range : {Range{-1, 1}, Range{-0.1f, 3}, Range{-7, 0.01f}, Range{-6, 0}}) {
    const Form form = FormForRange(range, DataType::kInt8, false).value();
    EXPECT_GE(form.params.zero_point, -128);
    EXPECT_LE(form.params.zero_point, 127);
    const std::vector<float> zero = {0.0f};
    EXPECT_EQ(AsInt8(QuantizeActivations(zero, form))[0], form.params.zero_point);
  }
  EXPECT_EQ(FormForRange({-6, 0}, DataType::kInt8, false).value().params.zero_point, 127);
}

TEST(AffineTest, DegenerateAndEndlessRanges) {
  const auto params = [](const Range& range, bool symmetric) {
    return FormForRange(range, DataType::kInt8, symmetric).value().params;
  };
  EXPECT_EQ(params({0, 0}, false), (AffineParams{1.0f / 255.0f, -128}));
  EXPECT_EQ(params({0, 0}, true), (AffineParams{1.0f / 127.0f, 0}));
  EXPECT_GT(params({0, 1e-40f}, false).scale, std::numeric_limits<float>::min());
  EXPECT_EQ(FormForRange({-3e38f, 3e38f}, DataType::kInt8, false).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(params({-3, 1}, true), (AffineParams{3.0f / 127.0f, 0}));
}

TEST(AffineTest, SixteenBitsAreSymmetric) {
  const Form form = FormForRange({-1, 2}, DataType::kInt16, false).value();
  EXPECT_EQ(form, (Form{DataType::kInt16, {2.0f / 32767.0f, 0}}));
  const std::vector<float> values = {2, -2, 0.5f, -100};
  const std::vector<uint8_t> bytes = QuantizeActivations(values, form);
  int16_t codes[4];
  ASSERT_EQ(bytes.size(), sizeof(codes));
  std::memcpy(codes, bytes.data(), sizeof(codes));
  EXPECT_EQ(codes[0], 32767);
  EXPECT_EQ(codes[1], -32767);
  EXPECT_EQ(codes[2], 8192);
  EXPECT_EQ(codes[3], -32768);
}

TEST(AffineTest, TheRangeOfAFormHoldsWhatItWasMadeFor) {
  const Range range = RangeOfForm(FormForRange({-1, 3}, DataType::kInt8, false).value());
  EXPECT_NEAR(range.min, -1, 0.01f);
  EXPECT_NEAR(range.max, 3, 0.01f);
  const Form unsigned_form = UInt8Form({0.5f, -128});
  EXPECT_EQ(unsigned_form, (Form{DataType::kUInt8, {0.5f, 0}}));
  EXPECT_EQ(RangeOfForm(unsigned_form), (Range{0, 127.5f}));
}

TEST(AffineTest, InfinitiesGoToTheEnds) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {-infinity, infinity, 1e38f};
  EXPECT_EQ(AsInt8(QuantizeActivations(values, {DataType::kInt8, {0.1f, 5}})),
            (std::vector<int8_t>{-128, 127, 127}));
  EXPECT_FALSE(RangeOf(values).ok());
}

TEST(AffineTest, BiasHasTheProductOfScales) {
  const std::vector<float> bias = {1.0f, -2.0f};
  const std::vector<float> scales = {0.25f, 0.5f};
  const QuantizedBias quantized = QuantizeBias(bias, 0.1f, scales, DataType::kInt32);
  EXPECT_EQ(quantized.scales, (std::vector<float>{0.1f * 0.25f, 0.1f * 0.5f}));
  int32_t values[2];
  ASSERT_EQ(quantized.bytes.size(), sizeof(values));
  std::memcpy(values, quantized.bytes.data(), sizeof(values));
  EXPECT_EQ(values[0], 40);
  EXPECT_EQ(values[1], -40);
  const QuantizedBias wide = QuantizeBias(bias, 1e-12f, scales, DataType::kInt64);
  int64_t wide_values[2];
  ASSERT_EQ(wide.bytes.size(), sizeof(wide_values));
  std::memcpy(wide_values, wide.bytes.data(), sizeof(wide_values));
  EXPECT_NEAR(static_cast<double>(wide_values[0]), 4e12, 1e6);
}

TEST(AffineTest, WeightScaleWidensWhereTheBiasWouldOverflow) {
  const std::vector<float> bias = {1e6f, 1.0f};
  std::vector<float> scales = {1e-6f, 1e-6f};
  WidenForBias(bias, 1e-3f, scales);
  EXPECT_GT(scales[0], 1e-6f);
  EXPECT_EQ(scales[1], 1e-6f);
  const QuantizedBias quantized = QuantizeBias(bias, 1e-3f, scales, DataType::kInt32);
  int32_t values[2];
  std::memcpy(values, quantized.bytes.data(), sizeof(values));
  // Half of int32 stays free for the sum of products.
  EXPECT_NEAR(values[0], 1 << 30, 256);
  EXPECT_NEAR(values[0] * static_cast<double>(quantized.scales[0]), 1e6, 1);
}

}  // namespace
}  // namespace octolite
