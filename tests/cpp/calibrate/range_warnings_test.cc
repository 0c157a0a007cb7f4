#include "calibrate/range_warnings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace octolite {
namespace {

CalibrationStats StatsOf(const std::vector<float>& values, uint64_t samples = 100) {
  TensorStatistics statistics;
  statistics.Add(values);
  CalibrationStats stats;
  stats.subgraphs.push_back({0, samples, {{3, "conv", statistics}}});
  return stats;
}

std::vector<float> Ramp(int count) {
  std::vector<float> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(i) / static_cast<float>(count));
  }
  return values;
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(RangeWarningsTest, NothingToSayOfOrdinaryRanges) {
  EXPECT_TRUE(RangeWarnings(StatsOf(Ramp(20000))).empty());
  EXPECT_TRUE(RangeWarnings({}).empty());
}

TEST(RangeWarningsTest, FewValuesFarOut) {
  std::vector<float> values = Ramp(30000);
  values.push_back(100);
  const std::vector<std::string> warnings = RangeWarnings(StatsOf(values));
  ASSERT_EQ(warnings.size(), 1u);
  for (const char* part : {"'conv'", "1 of 30001", "[0, 100]", "percentile and mse"}) {
    EXPECT_TRUE(Contains(warnings[0], part)) << warnings[0];
  }
  // Where they are no more than several times as far, or not rare, or of too few to tell.
  values.back() = 6;
  EXPECT_TRUE(RangeWarnings(StatsOf(values)).empty());
  values.insert(values.end(), 100, 100.0f);
  EXPECT_TRUE(RangeWarnings(StatsOf(values)).empty());
  values = Ramp(5000);
  values.push_back(100);
  EXPECT_TRUE(RangeWarnings(StatsOf(values)).empty());
}

TEST(RangeWarningsTest, OneValueAmongZeros) {
  std::vector<float> values(30000);
  values.push_back(1000);
  const std::vector<std::string> warnings = RangeWarnings(StatsOf(values));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(Contains(warnings[0], "1 of 30001")) << warnings[0];
}

TEST(RangeWarningsTest, Constants) {
  const std::vector<std::string> warnings = RangeWarnings(StatsOf({2.5f, 2.5f, 2.5f}));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(Contains(warnings[0], "'conv' was always 2.5")) << warnings[0];
  EXPECT_TRUE(RangeWarnings(StatsOf({2.5f})).empty());  // a scalar of one sample
}

TEST(RangeWarningsTest, FewSamples) {
  const std::vector<std::string> warnings = RangeWarnings(StatsOf(Ramp(20000), 3));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(Contains(warnings[0], "3 samples")) << warnings[0];
  EXPECT_TRUE(RangeWarnings(StatsOf(Ramp(20000), 10)).empty());
}

TEST(RangeWarningsTest, RangesOfAFileAreTakenAsTheyAre) {
  CalibrationStats stats = StatsOf({1, 2}, 0);
  stats.subgraphs[0].tensors[0].statistics.histogram = {};
  EXPECT_TRUE(RangeWarnings(stats).empty());
}

}  // namespace
}  // namespace octolite
