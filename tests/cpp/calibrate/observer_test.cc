#include "calibrate/observer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace octolite {
namespace {

TensorStatistics Of(const std::vector<float>& values) {
  TensorStatistics statistics;
  statistics.Add(values);
  return statistics;
}

TEST(SelectRangeTest, MinMaxIsWhatWasSeenWidenedToZero) {
  EXPECT_EQ(SelectRange(Of({-1, 4}), {}).value(), (Range{-1, 4}));
  EXPECT_EQ(SelectRange(Of({2, 4}), {}).value(), (Range{0, 4}));
  EXPECT_EQ(SelectRange(Of({-3, -2}), {}).value(), (Range{-3, 0}));
}

TEST(SelectRangeTest, PercentileLeavesOutTheRarestValuesAtBothEnds) {
  // 100000 values in [-1, 1), and one far out at each end.
  std::vector<float> values;
  for (int i = -50000; i < 50000; ++i) values.push_back(static_cast<float>(i) / 50000.0f);
  values.push_back(900);
  values.push_back(-700);
  const ObserverConfig config{ObserverKind::kPercentile, 99.9};
  const Range range = SelectRange(Of(values), config).value();
  // The bins are 0.5 wide, as 900 must fit.
  EXPECT_EQ(range, (Range{-1, 1}));
  EXPECT_EQ(SelectRange(Of(values), {ObserverKind::kPercentile, 100}).value(), (Range{-700, 900}));
  EXPECT_EQ(SelectRange(Of(values), {}).value(), (Range{-700, 900}));
}

TEST(SelectRangeTest, PercentileNeverReachesBeyondWhatWasSeen) {
  const ObserverConfig config{ObserverKind::kPercentile, 99.99};
  EXPECT_EQ(SelectRange(Of({0.3f, 0.7f, -0.1f}), config).value(), (Range{-0.1f, 0.7f}));
}

TEST(SelectRangeTest, StatisticsWithoutHistogramGiveTheirMinAndMax) {
  TensorStatistics recorded;
  recorded.count = 1;
  recorded.min = -5;
  recorded.max = 6;
  EXPECT_EQ(SelectRange(recorded, {ObserverKind::kPercentile, 90}).value(), (Range{-5, 6}));
}

TEST(SelectRangeTest, InfinitiesDoNotCount) {
  EXPECT_EQ(SelectRange(Of({-1, 4, std::numeric_limits<float>::infinity()}), {}).value(),
            (Range{-1, 4}));
}

TEST(SelectRangeTest, Refuses) {
  EXPECT_EQ(SelectRange(Of({1, NAN}), {}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(SelectRange(Of({}), {}).status().code(), StatusCode::kInvalidArgument);
  for (const double percentile : {50.0, 100.5, -1.0, std::nan("")}) {
    const ObserverConfig config{ObserverKind::kPercentile, percentile};
    EXPECT_EQ(SelectRange(Of({1}), config).status().code(), StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace octolite
