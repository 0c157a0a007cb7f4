#include "analyze/distribution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace octolite {
namespace {

DistributionPair Of(const std::vector<float>& reference, const std::vector<float>& value) {
  DistributionPair pair;
  pair.SetRange(-128, 128);
  pair.Add(reference, value);
  return pair;
}

TEST(DistributionPairTest, EqualHistogramsDoNotDiverge) {
  const DistributionPair pair = Of({-3, 0.5f, 7, 127}, {-3.5f, 0.25f, 6.5f, 126});
  EXPECT_EQ(pair.KlDivergence(), 0);
  EXPECT_EQ(pair.BeyondRange(), 0);
}

TEST(DistributionPairTest, ValuesBeyondTheRangeAreCountedApart) {
  // A bin is two wide: 128 is beyond on one side, -128.5 on the other.
  const DistributionPair pair = Of({128, -128.5f, -128, 127}, {127, -128, -128, 127});
  EXPECT_EQ(pair.BeyondRange(), 0.5);
  EXPECT_GT(pair.KlDivergence(), 0);
}

TEST(DistributionPairTest, KnownDivergence) {
  // Four values in one bin against two and two.
  const DistributionPair pair = Of({0, 0, 0, 0}, {0, 0, 50, 50});
  const double total = 4 + 0.5 * 130;
  const double expected = 4.5 / total * std::log(4.5 / 2.5) + 0.5 / total * std::log(0.5 / 2.5);
  EXPECT_NEAR(pair.KlDivergence(), expected, 1e-12);
}

TEST(DistributionPairTest, CollapseDivergesMoreThanShift) {
  std::vector<float> spread;
  std::vector<float> shifted;
  for (int i = 0; i < 200; ++i) {
    spread.push_back(static_cast<float>(i) - 100);
    shifted.push_back(static_cast<float>(i) - 96);
  }
  const double shift = Of(spread, shifted).KlDivergence();
  const double collapse = Of(spread, std::vector<float>(spread.size())).KlDivergence();
  EXPECT_GT(shift, 0);
  EXPECT_GT(collapse, 10 * shift);
}

TEST(DistributionPairTest, WhatIsNotFiniteIsLeftOut) {
  const float infinity = std::numeric_limits<float>::infinity();
  const DistributionPair pair = Of({infinity, std::nanf(""), 1}, {1, 1, 1});
  EXPECT_EQ(pair.BeyondRange(), 0);
}

TEST(DistributionPairTest, NothingIsCountedWithoutARange) {
  DistributionPair pair;
  pair.Add(std::vector<float>{1}, std::vector<float>{2});
  EXPECT_FALSE(pair.has_range());
  EXPECT_EQ(pair.KlDivergence(), 0);
  EXPECT_EQ(pair.BeyondRange(), 0);
}

}  // namespace
}  // namespace octolite
