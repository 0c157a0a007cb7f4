#include "calibrate/observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"

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

TEST(SelectRangeTest, MovingAverageIsThatOfTheLiteRtQuantizer) {
  TensorStatistics statistics;
  statistics.Add(std::vector<float>{-1, 4});
  statistics.Add(std::vector<float>{-3, 2});
  statistics.Add(std::vector<float>{-0.3f, 11.7f});
  // moving_average_update of ai-edge-quantizer 0.10.0, with arrays of float32.
  EXPECT_EQ(SelectRange(statistics, {ObserverKind::kMovingAverage}).value(),
            (Range{-1.06f, 4.29f}));
  TensorStatistics positive;
  positive.Add(std::vector<float>{2, 4});
  EXPECT_EQ(SelectRange(positive, {ObserverKind::kMovingAverage}).value(), (Range{0, 4}));
}

TEST(SelectRangeTest, MovingAverageIsRefusedWhereItWasNotSaved) {
  TensorStatistics statistics = Of({1, 2});
  statistics.moving_range = {};
  const Status status = SelectRange(statistics, {ObserverKind::kMovingAverage}).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(status.hint().empty());
}

constexpr ObserverConfig kMse{ObserverKind::kMse};
constexpr ObserverConfig kEntropy{ObserverKind::kEntropy};

std::vector<float> Normal(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    float sum = -6;  // of twelve uniform numbers, nearly normal
    for (int i = 0; i < 12; ++i) sum += rng.Uniform();
    value = sum;
  }
  return values;
}

std::vector<float> Rectified(std::vector<float> values) {
  for (float& value : values) value = std::max(value, 0.0f);
  return values;
}

// Mean squared error of the values on the grid that a range gives.
double SquaredError(const std::vector<float>& values, Range range, int bits) {
  const double steps = std::ldexp(1.0, bits) - 1;
  const double low = static_cast<double>(range.min);
  const double scale = (static_cast<double>(range.max) - low) / steps;
  const double zero = std::round(-low / scale);
  double sum = 0;
  for (const float value : values) {
    const auto real = static_cast<double>(value);
    const double q = std::clamp(std::round(real / scale) + zero, 0.0, steps);
    const double error = (q - zero) * scale - real;
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

TEST(MseObserverTest, ErrsAsLittleAsTheBestOfManyRanges) {
  for (const int bits : {4, 8}) {
    for (const bool rectified : {false, true}) {
      std::vector<float> values = Normal(20000, 7);
      if (rectified) values = Rectified(values);
      values.push_back(30);  // one that is not worth its steps
      const TensorStatistics statistics = Of(values);
      const Range all = SelectRange(statistics, {}, bits).value();
      double best = SquaredError(values, all, bits);
      const double of_all = best;
      for (int i = 1; i <= 100; ++i) {
        for (int j = 1; j <= (rectified ? 1 : 40); ++j) {
          const Range range{all.min * static_cast<float>(j) / (rectified ? 1 : 40),
                            all.max * static_cast<float>(i) / 100};
          best = std::min(best, SquaredError(values, range, bits));
        }
      }
      const Range range = SelectRange(statistics, kMse, bits).value();
      const double found = SquaredError(values, range, bits);
      EXPECT_LE(found, best * 1.05) << bits << " bits, to " << range.max;
      if (bits == 4) {
        EXPECT_LT(found, of_all * 0.5);
      }
      if (rectified) {
        EXPECT_EQ(range.min, 0);
      }
    }
  }
}

TEST(MseObserverTest, KeepsValuesThatStandAtTheEnd) {
  // As RELU6 leaves them: a spike at zero, another at 6.
  std::vector<float> values = Normal(5000, 8);
  for (float& value : values) value = std::clamp(value * 6, 0.0f, 6.0f);
  const Range range = SelectRange(Of(values), kMse).value();
  EXPECT_EQ(range.min, 0);
  EXPECT_GT(range.max, 5.98f);
  EXPECT_LE(range.max, 6);
}

TEST(MseObserverTest, SymmetricWhereTheIntegersWillBe) {
  std::vector<float> values = Normal(20000, 9);
  for (float& value : values) value = value < 0 ? value / 8 : value;
  values.push_back(25);
  const Range range = SelectRange(Of(values), kMse, 4, true).value();
  // What the short side holds costs nothing, so it is kept whole.
  EXPECT_EQ(range.min, Of(values).min);
  EXPECT_LT(range.max, 5);
}

TEST(EntropyObserverTest, LeavesOutWhatIsRareAndFar) {
  std::vector<float> values = Normal(50000, 10);
  values.push_back(40);
  values.push_back(-40);
  const Range range = SelectRange(Of(values), kEntropy).value();
  EXPECT_LT(range.max, 10);
  EXPECT_GT(range.max, 2.5f);
  EXPECT_EQ(range.min, -range.max);
}

TEST(EntropyObserverTest, OneSidedValuesKeepTheirSideAndAllLevels) {
  std::vector<float> values = Rectified(Normal(50000, 11));
  values.push_back(60);
  const Range range = SelectRange(Of(values), kEntropy).value();
  EXPECT_EQ(range.min, 0);
  EXPECT_LT(range.max, 16);
  EXPECT_GT(range.max, 2.5f);
  for (float& value : values) value = -value;
  EXPECT_EQ(SelectRange(Of(values), kEntropy).value().max, 0);
}

TEST(EntropyObserverTest, LosesNothingWithMoreLevelsThanBins) {
  std::vector<float> values = Normal(1000, 12);
  values.push_back(900);
  EXPECT_EQ(SelectRange(Of(values), kEntropy, 16).value(), SelectRange(Of(values), {}).value());
}

TEST(SelectRangeTest, NoObserverReachesBeyondWhatWasSeen) {
  Rng rng(13);
  for (int round = 0; round < 60; ++round) {
    std::vector<float> values =
        Normal(static_cast<size_t>(rng.Integer(1, 500)), static_cast<uint64_t>(14 + round));
    const auto shift = static_cast<float>(rng.Integer(-4, 4));
    for (float& value : values) value = std::ldexp(value + shift, static_cast<int>(shift) * 9);
    const TensorStatistics statistics = Of(values);
    const Range all = SelectRange(statistics, {}).value();
    for (const ObserverKind kind : {ObserverKind::kMovingAverage, ObserverKind::kPercentile,
                                    ObserverKind::kMse, ObserverKind::kEntropy}) {
      for (const int bits : {4, 8, 16}) {
        const Range range = SelectRange(statistics, {kind}, bits).value();
        EXPECT_GE(range.min, all.min) << ObserverName(kind) << " round " << round;
        EXPECT_LE(range.max, all.max) << ObserverName(kind) << " round " << round;
        EXPECT_LT(range.min, range.max) << ObserverName(kind) << " round " << round;
      }
    }
  }
}

TEST(SelectRangeTest, ConstantsKeepTheirRange) {
  for (const ObserverConfig& config : {kMse, kEntropy}) {
    EXPECT_EQ(SelectRange(Of({3, 3, 3}), config).value(), (Range{0, 3}));
    EXPECT_EQ(SelectRange(Of({-3, -3}), config).value(), (Range{-3, 0}));
    EXPECT_EQ(SelectRange(Of({0, 0}), config).value(), (Range{0, 0}));
  }
}

TEST(SelectRangeTest, Refuses) {
  EXPECT_EQ(SelectRange(Of({1, NAN}), {}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(SelectRange(Of({}), {}).status().code(), StatusCode::kInvalidArgument);
  for (const double percentile : {50.0, 100.5, -1.0, std::nan("")}) {
    const ObserverConfig config{ObserverKind::kPercentile, percentile};
    EXPECT_EQ(SelectRange(Of({1}), config).status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(SelectRangeTest, RefusesBitsThatActivationsCannotHave) {
  for (const int bits : {1, 17, -8}) {
    EXPECT_EQ(SelectRange(Of({1}), {}, bits).status().code(), StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace octolite
