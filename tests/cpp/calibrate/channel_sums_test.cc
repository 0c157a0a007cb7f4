#include "calibrate/channel_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace octolite {
namespace {

TEST(FixedSumTest, AddsExactlyInAnyOrder) {
  const std::vector<double> values = {1e12, -0.1, 3e-19, -1e12, 0.5, -0x1p-64, 1, -1e-30, 7.25};
  FixedSum forward;
  for (const double value : values) forward.Add(value);
  FixedSum backward;
  for (size_t i = values.size(); i > 0; --i) backward.Add(values[i - 1]);
  EXPECT_EQ(forward, backward);
  EXPECT_DOUBLE_EQ(forward.ToDouble(), 8.65);
  FixedSum parts[2];
  for (size_t i = 0; i < values.size(); ++i) parts[i % 2].Add(values[i]);
  parts[1].Add(parts[0]);
  EXPECT_EQ(parts[1], forward);
}

TEST(FixedSumTest, NegativeNumbersComeBack) {
  for (const double value : {-1.0, -0.25, -1e9 - 0.5, 0.0, -0x1p-64, 0x1p-64}) {
    FixedSum sum;
    sum.Add(value);
    EXPECT_EQ(sum.ToDouble(), value);
    sum.Add(-value);
    EXPECT_EQ(sum, FixedSum());
  }
}

std::vector<float> Sample(size_t size, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(size);
  for (float& value : values)
    value = std::ldexp(rng.Uniform() - 0.4f, static_cast<int>(rng.Integer(-9, 9)));
  return values;
}

TEST(ChannelSumsTest, MeansAreThoseOfTheChannels) {
  for (const int64_t channels : {1, 3, 5, 16, 17, 40}) {
    for (const int rows : {1, 3, 4, 7, 37}) {
      const size_t count = static_cast<size_t>(channels);
      const std::vector<float> values = Sample(count * static_cast<size_t>(rows), 5);
      ChannelSums sums;
      sums.Add(values, channels);
      const std::vector<double> means = sums.Means();
      ASSERT_EQ(means.size(), count);
      for (size_t c = 0; c < count; ++c) {
        double expected = 0;
        for (size_t i = c; i < values.size(); i += count) {
          expected += static_cast<double>(values[i]);
        }
        EXPECT_NEAR(means[c], expected / rows, 1e-12) << channels << " channels, row " << c;
      }
    }
  }
}

TEST(ChannelSumsTest, AnySplitAndMergeGivesTheSameState) {
  ChannelSums all;
  ChannelSums parts[3];
  Rng rng(6);
  std::vector<std::vector<float>> samples;
  for (uint64_t i = 0; i < 40; ++i) samples.push_back(Sample(7 * (1 + i % 5), i));
  for (const auto& sample : samples) all.Add(sample, 7);
  std::reverse(samples.begin(), samples.end());
  for (const auto& sample : samples) parts[rng.Integer(0, 2)].Add(sample, 7);
  ChannelSums merged;
  for (const int part : {2, 0, 1}) merged.Merge(parts[part]);
  EXPECT_EQ(merged, all);
  EXPECT_EQ(merged.rows(), 120u);
  EXPECT_EQ(ChannelSums::FromParts(all.rows(), {all.sums().begin(), all.sums().end()}, false), all);
}

TEST(ChannelSumsTest, DropsWhatHasNoChannelsForGood) {
  const std::vector<float> six = {1, 2, 3, 4, 5, 6};
  for (const int64_t channels : {int64_t{0}, int64_t{4}, ChannelSums::kMaxChannels + 1}) {
    ChannelSums sums;
    sums.Add(six, channels);
    EXPECT_TRUE(sums.dropped()) << channels;
    sums.Add(six, 2);
    EXPECT_TRUE(sums.Means().empty()) << channels;
  }
  // Of varying channels, in any order.
  ChannelSums two;
  two.Add(six, 2);
  ChannelSums three;
  three.Add(six, 3);
  ChannelSums merged = two;
  merged.Merge(three);
  three.Merge(two);
  EXPECT_EQ(merged, three);
  EXPECT_TRUE(merged.dropped());
  two.Add(six, 3);
  EXPECT_EQ(two, merged);
  // Beyond fixed point.
  ChannelSums huge;
  huge.Add(std::vector<float>{1e20f, 1}, 2);
  EXPECT_TRUE(huge.dropped());
}

}  // namespace
}  // namespace octolite
