#include "compress/kmeans.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace octolite {
namespace {

SortedValues Values(const std::vector<double>& list) {
  std::vector<SortedValues::Value> values;
  values.reserve(list.size());
  for (const double one : list) values.push_back({one, 1});
  return SortedValues(std::move(values));
}

double Between(Rng& rng, double low, double high) { return low + (high - low) * rng.Uniform(); }

// The least error by trying every way to cut the sorted values in at most k ranges.
double LeastError(const SortedValues& values, size_t k, size_t end) {
  if (end == 0) return 0;
  if (k == 1) return values.Spread(0, end);
  double least = values.Spread(0, end);
  for (size_t begin = 1; begin < end; ++begin) {
    least = std::min(least, LeastError(values, k - 1, begin) + values.Spread(begin, end));
  }
  return least;
}

TEST(SortedValuesTest, SumsAreThoseOfTheValues) {
  const SortedValues values({{3, 2}, {1, 1}, {3, 1}, {7, 4}});
  ASSERT_EQ(values.size(), 3u);
  EXPECT_DOUBLE_EQ(values.Mean(0, 2), 2.5);
  EXPECT_DOUBLE_EQ(values.Spread(0, 2), 3);
  EXPECT_DOUBLE_EQ(values.Error(1, 3, 5), 3 * 4 + 4 * 4);
  EXPECT_DOUBLE_EQ(values.Energy(), 1 + 3 * 9 + 4 * 49);
  const std::vector<double> levels = {0, 4, 7};
  EXPECT_DOUBLE_EQ(values.ErrorOf(levels), 1 + 3);
}

TEST(SortedValuesTest, BinsKeepWeightAndMean) {
  Rng rng(3);
  std::vector<SortedValues::Value> list;
  for (int i = 0; i < 1000; ++i) list.push_back({Between(rng, -2, 5), Between(rng, 0, 1)});
  const SortedValues values(list);
  const SortedValues binned = values.Binned(32);
  EXPECT_LE(binned.size(), 32u);
  EXPECT_NEAR(binned.Mean(0, binned.size()), values.Mean(0, values.size()), 1e-12);
  EXPECT_NEAR(binned.Energy(), values.Energy(), 1000 * std::pow(7.0 / 32, 2));
}

TEST(CodebookTest, NoCutOfTheValuesIsBetter) {
  Rng rng(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<SortedValues::Value> list;
    for (int i = 0; i < 12; ++i) list.push_back({Between(rng, -1, 1), Between(rng, 0.1, 3)});
    const SortedValues values(list);
    for (size_t k = 1; k <= 5; ++k) {
      const std::vector<double> codebook = OptimalCodebook(values, k);
      ASSERT_EQ(codebook.size(), k);
      EXPECT_NEAR(values.ErrorOf(codebook), LeastError(values, k, values.size()), 1e-12);
    }
  }
}

TEST(CodebookTest, AsManyEntriesAsValuesAreTheValues) {
  const SortedValues values = Values({0.5, -1, 2, 2});
  EXPECT_EQ(OptimalCodebook(values, 3), (std::vector<double>{-1, 0.5, 2}));
  EXPECT_EQ(OptimalCodebook(values, 9), (std::vector<double>{-1, 0.5, 2}));
}

// More values than the exact program takes: the result must be as good as the best to a
// thousandth, and a place where every entry is the mean of what it serves.
TEST(CodebookTest, ManyValuesComeCloseToTheBestCodebook) {
  Rng rng(7);
  std::vector<double> list;
  for (int i = 0; i < 40000; ++i) {
    const double u = Between(rng, 1e-6, 1);
    list.push_back((rng.Uniform() < 0.5f ? 1 : -1) * -std::log(u));
  }
  const SortedValues values = Values(list);
  ASSERT_GT(values.size(), kExactValues);
  // Lloyd-Max for the Laplace density at 4 levels: SQNR 7.54 dB (Jayant and Noll, table 4.2).
  const std::vector<double> four = OptimalCodebook(values, 4);
  EXPECT_NEAR(10 * std::log10(values.Energy() / values.ErrorOf(four)), 7.54, 0.15);
  const std::vector<double> codebook = OptimalCodebook(values, 16);
  double moved = 0;
  size_t begin = 0;
  for (size_t i = 0; i < codebook.size(); ++i) {
    const size_t end = i + 1 < codebook.size()
                           ? values.LowerBound((codebook[i] + codebook[i + 1]) / 2)
                           : values.size();
    moved = std::max(moved, std::abs(values.Mean(begin, end) - codebook[i]));
    begin = end;
  }
  EXPECT_LT(moved, 1e-9);
}

TEST(CodebookTest, ZeroIsAnEntryWhenItMustBe) {
  const SortedValues values = Values({-3, -2.9, -0.2, 0, 0.1, 0.3, 2, 2.2});
  const std::vector<double> codebook = OptimalCodebookWithZero(values, 3);
  ASSERT_EQ(codebook.size(), 3u);
  EXPECT_EQ(codebook[1], 0);
  EXPECT_DOUBLE_EQ(codebook[0], -2.95);
  EXPECT_DOUBLE_EQ(codebook[2], 2.1);
  const std::vector<double> positive = OptimalCodebookWithZero(Values({1, 2, 3, 9}), 2);
  EXPECT_EQ(positive.front(), 0);
}

TEST(CodebookTest, TheNearestLevelIsFound) {
  const std::vector<double> levels = {-1, 0, 2};
  EXPECT_EQ(NearestLevel(levels, -9), 0u);
  EXPECT_EQ(NearestLevel(levels, -0.5), 0u);
  EXPECT_EQ(NearestLevel(levels, 0.9), 1u);
  EXPECT_EQ(NearestLevel(levels, 1.1), 2u);
  EXPECT_EQ(NearestLevel(levels, 9), 2u);
}

}  // namespace
}  // namespace octolite
