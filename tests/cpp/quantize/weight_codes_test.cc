#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "quantize/weights.h"

namespace octolite {
namespace {

WeightConfig Config(int32_t bits, bool symmetric = true) {
  WeightConfig config;
  config.bits = bits;
  config.symmetric = symmetric;
  config.narrow_range = bits == 8;
  return config;
}

std::vector<float> Scales(const std::vector<float>& weights, const WeightLayout& layout,
                          const WeightConfig& config = {}) {
  return ChooseWeightParams(weights, layout, config).value().scales;
}

std::vector<int8_t> Codes(const std::vector<float>& weights, const WeightLayout& layout,
                          const WeightConfig& config) {
  const WeightParams params = ChooseWeightParams(weights, layout, config).value();
  return WeightCodes(weights, layout, params, CodeRange::Of(config));
}

double SquaredError(const std::vector<float>& weights, const WeightConfig& config) {
  const WeightLayout whole = {1, 1, static_cast<int64_t>(weights.size())};
  const WeightParams params = ChooseWeightParams(weights, whole, config).value();
  const std::vector<int8_t> codes = WeightCodes(weights, whole, params, CodeRange::Of(config));
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    sum += std::pow(static_cast<double>(weights[i] - params.scales[0] * codes[i]), 2);
  }
  return sum;
}

TEST(WeightCodesTest, ChannelsAlongAnyAxis) {
  const std::vector<int32_t> shape = {2, 3, 2};
  std::vector<float> weights(12);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i);
  EXPECT_EQ(Scales(weights, WeightLayout::PerChannel(shape, 0)),
            (std::vector<float>{5 / 127.0f, 11 / 127.0f}));
  EXPECT_EQ(Scales(weights, WeightLayout::PerChannel(shape, 1)),
            (std::vector<float>{7 / 127.0f, 9 / 127.0f, 11 / 127.0f}));
  EXPECT_EQ(Scales(weights, WeightLayout::PerChannel(shape, 2)),
            (std::vector<float>{10 / 127.0f, 11 / 127.0f}));
  EXPECT_EQ(Scales(weights, WeightLayout::PerChannel(shape, -1)),
            (std::vector<float>{11 / 127.0f}));
  EXPECT_EQ(Scales(weights, WeightLayout::Blockwise(std::vector<int32_t>{3, 4}, 2)),
            (std::vector<float>{1 / 127.0f, 3 / 127.0f, 5 / 127.0f, 7 / 127.0f, 9 / 127.0f,
                                11 / 127.0f}));
}

TEST(WeightCodesTest, TiesGoToEvenAndNarrowCodesNeverReachTheLowest) {
  const std::vector<float> weights = {0.5f, 1.5f, -0.5f, -2.5f, -1000, 1000};
  const WeightLayout layout = WeightLayout::PerChannel(std::vector<int32_t>{6}, -1);
  EXPECT_EQ(WeightCodes(weights, layout, {{1}, {}}, {-127, 127}),
            (std::vector<int8_t>{0, 2, 0, -2, -127, 127}));
  EXPECT_EQ(WeightCodes(weights, layout, {{1}, {}}, {-8, 7}),
            (std::vector<int8_t>{0, 2, 0, -2, -8, 7}));
}

TEST(WeightCodesTest, ChannelsOfZerosHaveAUsableScale) {
  const std::vector<float> weights = {0, 0, 2.54f, -1};
  const WeightLayout layout = WeightLayout::PerChannel(std::vector<int32_t>{2, 2}, 0);
  EXPECT_EQ(Scales(weights, layout), (std::vector<float>{2.54f / 127.0f, 2.54f / 127.0f}));
  EXPECT_EQ(Scales(std::vector<float>(4), layout)[0], 1.0f / 127.0f);
}

TEST(WeightCodesTest, FullRangeUsesTheLowestCode) {
  const std::vector<float> weights = {-8, 7, 3.5f, -0.4f};
  const WeightLayout layout = WeightLayout::PerChannel(std::vector<int32_t>{4}, -1);
  EXPECT_EQ(Scales(weights, layout, Config(4)), std::vector<float>{1.0f});
  EXPECT_EQ(Codes(weights, layout, Config(4)), (std::vector<int8_t>{-8, 7, 4, 0}));
  WeightConfig narrow = Config(4);
  narrow.narrow_range = true;
  EXPECT_EQ(Scales(weights, layout, narrow), std::vector<float>{8.0f / 7.0f});
  EXPECT_EQ(Codes({-2, 1, 0.9f, 0.2f}, layout, Config(2)), (std::vector<int8_t>{-2, 1, 1, 0}));
}

TEST(WeightCodesTest, AsymmetricChannels) {
  const std::vector<float> weights = {0, 2.55f, -1, 1.55f};
  const WeightLayout layout = WeightLayout::PerChannel(std::vector<int32_t>{2, 2}, 0);
  const WeightParams params = ChooseWeightParams(weights, layout, Config(8, false)).value();
  EXPECT_EQ(params.scales[0], 2.55f / 255.0f);
  EXPECT_EQ(params.zero_points, (std::vector<int32_t>{-128, -28}));
  EXPECT_EQ(Codes(weights, layout, Config(8, false)), (std::vector<int8_t>{-128, 127, -128, 127}));
}

TEST(WeightCodesTest, PackedFromTheLowEnd) {
  EXPECT_EQ(PackCodes(std::vector<int8_t>{2, 1, 4, 3}, 4), (std::vector<uint8_t>{0x12, 0x34}));
  EXPECT_EQ(PackCodes(std::vector<int8_t>{-1, -8, 7}, 4), (std::vector<uint8_t>{0x8F, 0x07}));
  EXPECT_EQ(PackCodes(std::vector<int8_t>{0, 1, -2, -1, 1}, 2),
            (std::vector<uint8_t>{0b11100100, 0b01}));
  EXPECT_EQ(PackCodes(std::vector<int8_t>{-1, 5}, 8), (std::vector<uint8_t>{0xFF, 5}));
}

TEST(WeightCodesTest, ClippingLowersTheErrorOfLongTails) {
  Rng rng(7);
  std::vector<float> weights(4096);
  // Sums of uniform numbers, cubed: a narrow bulk with long tails.
  for (float& weight : weights) {
    float sum = 0;
    for (int i = 0; i < 6; ++i) sum += rng.Uniform() - 0.5f;
    weight = sum * sum * sum;
  }
  for (const int32_t bits : {4, 2}) {
    WeightConfig config = Config(bits);
    const double min_max = SquaredError(weights, config);
    config.clipping = WeightClipping::kMse;
    const double mse = SquaredError(weights, config);
    config.clipping = WeightClipping::kOctav;
    const double octav = SquaredError(weights, config);
    EXPECT_LT(mse, min_max * 0.7) << bits;
    EXPECT_LT(octav, min_max) << bits;
    // The search looks at the very error; Newton's method at a model of it.
    EXPECT_LE(mse, octav * 1.05) << bits;
  }
}

}  // namespace
}  // namespace octolite
