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
  const AffineParams params = AsymmetricParams({0, 2}).value();
  EXPECT_EQ(params, (AffineParams{2.0f / 255.0f, -128}));
  const std::vector<float> reals = {0, 0.5f, 1, 1.5f, 2};
  // 0.5 is 63.75 steps, 1 just below 127.5 (the scale in float32 is above 2/255), 1.5 191.25.
  EXPECT_EQ(AsInt8(QuantizeToInt8(reals, params)), (std::vector<int8_t>{-128, -64, -1, 63, 127}));
}

TEST(AffineTest, ZeroIsExactInEveryRange) {
  for (const Range range : {Range{-1, 1}, Range{-0.1f, 3}, Range{-7, 0.01f}, Range{-6, 0}}) {
    const AffineParams params = AsymmetricParams(range).value();
    EXPECT_GE(params.zero_point, -128);
    EXPECT_LE(params.zero_point, 127);
    const std::vector<float> zero = {0.0f};
    EXPECT_EQ(AsInt8(QuantizeToInt8(zero, params))[0], params.zero_point);
  }
  EXPECT_EQ(AsymmetricParams({-6, 0}).value().zero_point, 127);
}

TEST(AffineTest, DegenerateAndEndlessRanges) {
  EXPECT_EQ(AsymmetricParams({0, 0}).value(), (AffineParams{1.0f / 255.0f, -128}));
  EXPECT_EQ(SymmetricParams({0, 0}).value(), (AffineParams{1.0f / 127.0f, 0}));
  EXPECT_GT(AsymmetricParams({0, 1e-40f}).value().scale, std::numeric_limits<float>::min());
  EXPECT_EQ(AsymmetricParams({-3e38f, 3e38f}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(SymmetricParams({-3, 1}).value(), (AffineParams{3.0f / 127.0f, 0}));
}

TEST(AffineTest, InfinitiesGoToTheEnds) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {-infinity, infinity, 1e38f};
  EXPECT_EQ(AsInt8(QuantizeToInt8(values, {0.1f, 5})), (std::vector<int8_t>{-128, 127, 127}));
  EXPECT_FALSE(RangeOf(values).ok());
}

TEST(AffineTest, ChannelsAlongAnyAxis) {
  const std::vector<int32_t> shape = {2, 3, 2};
  std::vector<float> weights(12);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i);
  EXPECT_EQ(SymmetricScales(weights, ChannelLayout::Of(shape, 0)),
            (std::vector<float>{5 / 127.0f, 11 / 127.0f}));
  EXPECT_EQ(SymmetricScales(weights, ChannelLayout::Of(shape, 1)),
            (std::vector<float>{7 / 127.0f, 9 / 127.0f, 11 / 127.0f}));
  EXPECT_EQ(SymmetricScales(weights, ChannelLayout::Of(shape, 2)),
            (std::vector<float>{10 / 127.0f, 11 / 127.0f}));
  EXPECT_EQ(SymmetricScales(weights, ChannelLayout::Of(shape, -1)),
            (std::vector<float>{11 / 127.0f}));
  const ChannelLayout last = ChannelLayout::Of(shape, 2);
  const std::vector<float> scales = {1, 100};
  EXPECT_EQ(AsInt8(QuantizeSymmetric(weights, last, scales)),
            (std::vector<int8_t>{0, 0, 2, 0, 4, 0, 6, 0, 8, 0, 10, 0}));
}

TEST(AffineTest, SymmetricWeightsRoundTiesToEvenAndNeverReachMinus128) {
  const std::vector<float> weights = {0.5f, 1.5f, -0.5f, -2.5f, -1000, 1000};
  const std::vector<float> scales = {1};
  EXPECT_EQ(
      AsInt8(QuantizeSymmetric(weights, ChannelLayout::Of(std::vector<int32_t>{6}, -1), scales)),
      (std::vector<int8_t>{0, 2, 0, -2, -127, 127}));
}

TEST(AffineTest, ChannelsOfZerosHaveAUsableScale) {
  const std::vector<float> weights = {0, 0, 2.54f, -1};
  const ChannelLayout layout = ChannelLayout::Of(std::vector<int32_t>{2, 2}, 0);
  EXPECT_EQ(SymmetricScales(weights, layout), (std::vector<float>{2.54f / 127.0f, 2.54f / 127.0f}));
  EXPECT_EQ(SymmetricScales(std::vector<float>(4), layout)[0], 1.0f / 127.0f);
}

TEST(AffineTest, BiasHasTheProductOfScales) {
  const std::vector<float> bias = {1.0f, -2.0f};
  const std::vector<float> scales = {0.25f, 0.5f};
  const QuantizedBias quantized = QuantizeBias(bias, 0.1f, scales);
  EXPECT_EQ(quantized.scales, (std::vector<float>{0.1f * 0.25f, 0.1f * 0.5f}));
  int32_t values[2];
  ASSERT_EQ(quantized.bytes.size(), sizeof(values));
  std::memcpy(values, quantized.bytes.data(), sizeof(values));
  EXPECT_EQ(values[0], 40);
  EXPECT_EQ(values[1], -40);
}

TEST(AffineTest, WeightScaleWidensWhereTheBiasWouldOverflow) {
  const std::vector<float> bias = {1e6f, 1.0f};
  std::vector<float> scales = {1e-6f, 1e-6f};
  WidenForBias(bias, 1e-3f, scales);
  EXPECT_GT(scales[0], 1e-6f);
  EXPECT_EQ(scales[1], 1e-6f);
  const QuantizedBias quantized = QuantizeBias(bias, 1e-3f, scales);
  int32_t values[2];
  std::memcpy(values, quantized.bytes.data(), sizeof(values));
  // Half of int32 stays free for the sum of products.
  EXPECT_NEAR(values[0], 1 << 30, 256);
  EXPECT_NEAR(values[0] * static_cast<double>(quantized.scales[0]), 1e6, 1);
}

TEST(AffineTest, AsymmetricChannels) {
  const std::vector<float> weights = {0, 2.55f, -1, 1.55f};
  const ChannelLayout layout = ChannelLayout::Of(std::vector<int32_t>{2, 2}, 0);
  const std::vector<AffineParams> params = AsymmetricChannelParams(weights, layout).value();
  ASSERT_EQ(params.size(), 2u);
  EXPECT_EQ(params[0], (AffineParams{2.55f / 255.0f, -128}));
  EXPECT_EQ(params[1].zero_point, -28);
  EXPECT_EQ(AsInt8(QuantizeAsymmetric(weights, layout, params)),
            (std::vector<int8_t>{-128, 127, -128, 127}));
}

}  // namespace
}  // namespace octolite
