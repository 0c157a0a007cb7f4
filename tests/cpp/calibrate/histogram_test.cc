#include "calibrate/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace octolite {
namespace {

// Values of many magnitudes and both signs, with zeros.
std::vector<float> Values(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) {
    const auto exponent = static_cast<int>(rng.Integer(-20, 12));
    const float value = std::ldexp(rng.Uniform() * 2 - 1, exponent);
    values.push_back(i % 17 == 0 ? 0.0f : value);
  }
  return values;
}

Histogram Of(std::span<const float> values) {
  Histogram histogram;
  histogram.Add(values);
  return histogram;
}

TEST(HistogramTest, CountsFallIntoAlignedBins) {
  const std::vector<float> values = {-1.0f, -0.5f, 0.0f, 0.25f, 1.0f, 1.0f};
  const Histogram histogram = Of(values);
  // 1.0 must be inside 2048 bins: the width is 2^-10, as at 2^-11 it would be bin 2048.
  ASSERT_EQ(histogram.exponent(), -10);
  const auto count = [&](int bin) {
    return histogram.counts()[static_cast<size_t>(bin + Histogram::kBinsPerSide)];
  };
  EXPECT_EQ(count(-1024), 1u);
  EXPECT_EQ(count(-512), 1u);
  EXPECT_EQ(count(0), 1u);
  EXPECT_EQ(count(256), 1u);
  EXPECT_EQ(count(1024), 2u);
  EXPECT_EQ(histogram.total(), values.size());
}

TEST(HistogramTest, ValueJustBelowZeroIsInTheBinBelow) {
  const Histogram histogram = Of(std::vector<float>{-1e-30f, 1.0f});
  EXPECT_EQ(histogram.counts()[Histogram::kBinsPerSide - 1], 1u);
  EXPECT_EQ(histogram.counts()[Histogram::kBinsPerSide], 0u);
}

TEST(HistogramTest, StateDoesNotDependOnOrder) {
  std::vector<float> values = Values(4000, 1);
  const Histogram expected = Of(values);
  std::sort(values.begin(), values.end());
  Histogram ascending;
  for (const float value : values) ascending.Add({&value, 1});
  EXPECT_EQ(ascending, expected);
  std::sort(values.begin(), values.end(),
            [](float a, float b) { return std::fabs(a) > std::fabs(b); });
  Histogram outside_in;
  for (const float value : values) outside_in.Add({&value, 1});
  EXPECT_EQ(outside_in, expected);
}

TEST(HistogramTest, AnySplitAndMergeGivesTheSameState) {
  const std::vector<float> values = Values(3000, 2);
  const Histogram expected = Of(values);
  Rng rng(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<Histogram> parts(static_cast<size_t>(rng.Integer(1, 6)));
    for (size_t at = 0; at < values.size();) {
      const auto run = std::min(static_cast<size_t>(rng.Integer(1, 400)), values.size() - at);
      const auto part = static_cast<size_t>(rng.Integer(0, static_cast<int64_t>(parts.size()) - 1));
      parts[part].Add(std::span(values).subspan(at, run));
      at += run;
    }
    Histogram merged;
    while (!parts.empty()) {
      const auto i = static_cast<size_t>(rng.Integer(0, static_cast<int64_t>(parts.size()) - 1));
      merged.Merge(parts[i]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
    }
    ASSERT_EQ(merged, expected) << "round " << round;
  }
}

TEST(HistogramTest, EveryValueIsInTheBinOfItsFloor) {
  std::vector<float> values = Values(20000, 5);
  // Around every edge, too, and far below the width.
  for (int bin = -2048; bin < 2048; ++bin) {
    const auto edge = static_cast<float>(bin);
    values.push_back(edge);
    values.push_back(std::nextafter(edge, -3000.0f));
    values.push_back(std::nextafter(edge, 3000.0f));
  }
  std::erase_if(values, [](float value) { return value < -2048; });
  for (const float tiny : {1e-45f, -1e-45f, 1e-30f, -1e-30f, -0.0f}) values.push_back(tiny);
  for (const float top : {2047.5f, 4.5e8f, 1.5e37f, 3e-36f}) {
    const float scale = top / 2048;
    std::vector<float> scaled;
    for (const float value : values)
      scaled.push_back(value * std::exp2(std::ceil(std::log2(scale))));
    const Histogram histogram = Of(scaled);
    std::vector<uint64_t> expected(2 * Histogram::kBinsPerSide);
    for (const float value : scaled) {
      const double bin = std::floor(static_cast<double>(value) / histogram.width());
      ++expected[static_cast<size_t>(bin + Histogram::kBinsPerSide)];
    }
    EXPECT_TRUE(std::ranges::equal(histogram.counts(), expected)) << top;
  }
}

TEST(HistogramTest, ExtremesOfFloatFit) {
  const std::vector<float> values = {3.4028235e38f, -3.4028235e38f, 1e-45f, 0.0f};
  const Histogram histogram = Of(values);
  EXPECT_EQ(histogram.total(), values.size());
  EXPECT_EQ(Of(std::vector<float>{0.0f}).exponent(), Histogram::kMinExponent);
  EXPECT_EQ(Of(std::vector<float>{1e-45f}).exponent(), Histogram::kMinExponent);
}

TEST(HistogramTest, EmptyIsTheNeutralElement) {
  Histogram histogram = Of(std::vector<float>{1, 2, 3});
  const Histogram before = histogram;
  histogram.Merge(Histogram());
  histogram.Add({});
  EXPECT_EQ(histogram, before);
  Histogram empty;
  empty.Merge(before);
  EXPECT_EQ(empty, before);
}

TEST(HistogramTest, PartsGiveItBack) {
  const Histogram histogram = Of(Values(100, 4));
  const std::vector<uint64_t> counts(histogram.counts().begin(), histogram.counts().end());
  EXPECT_EQ(Histogram::FromParts(histogram.exponent(), counts), histogram);
}

}  // namespace
}  // namespace octolite
