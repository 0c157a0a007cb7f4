#include "analyze/error_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace octolite {
namespace {

ErrorMetrics Of(const std::vector<float>& reference, const std::vector<float>& value) {
  ErrorAccumulator error;
  error.Add(reference, value);
  return error.metrics();
}

TEST(ErrorMetricsTest, KnownValues) {
  const ErrorMetrics metrics = Of({3, -4, 0, 5}, {3, -3, 1, 5});
  EXPECT_EQ(metrics.count, 4u);
  EXPECT_NEAR(metrics.sqnr_db, 10 * std::log10(50.0 / 2.0), 1e-12);
  EXPECT_NEAR(metrics.cosine, 46.0 / std::sqrt(50.0 * 44.0), 1e-12);
  EXPECT_EQ(metrics.max_abs_error, 1);
  EXPECT_EQ(metrics.mean_abs_error, 0.5);
  EXPECT_NEAR(metrics.rmse, std::sqrt(0.5), 1e-12);
  EXPECT_EQ(metrics.reference_min, -4);
  EXPECT_EQ(metrics.reference_max, 5);
}

TEST(ErrorMetricsTest, EqualAndOppositeExtremesAreNumbers) {
  EXPECT_EQ(Of({1, 2}, {1, 2}).sqnr_db, ErrorMetrics::kMaxSqnrDb);
  EXPECT_NEAR(Of({1, 2}, {1, 2}).cosine, 1, 1e-12);
  EXPECT_EQ(Of({0, 0}, {0, 0}).cosine, 1);
  EXPECT_EQ(Of({0, 0}, {0, 1}).sqnr_db, -ErrorMetrics::kMaxSqnrDb);
  EXPECT_EQ(Of({0, 0}, {0, 1}).cosine, 0);
  EXPECT_EQ(Of({}, {}).count, 0u);
}

TEST(ErrorMetricsTest, NonFinitePairsAreCountedApart) {
  const float infinity = std::numeric_limits<float>::infinity();
  const ErrorMetrics metrics = Of({1, NAN, 2, infinity}, {1, 0, -infinity, infinity});
  EXPECT_EQ(metrics.count, 1u);
  EXPECT_EQ(metrics.non_finite, 3u);
  EXPECT_EQ(metrics.sqnr_db, ErrorMetrics::kMaxSqnrDb);
}

TEST(ErrorMetricsTest, MergeEqualsAddingAll) {
  ErrorAccumulator all;
  ErrorAccumulator first;
  ErrorAccumulator second;
  const std::vector<float> a = {1, -7};
  const std::vector<float> b = {0.5f, -6};
  const std::vector<float> c = {9};
  all.Add(a, b);
  all.Add(c, c);
  first.Add(a, b);
  second.Add(c, c);
  ErrorAccumulator merged;
  merged.Merge(second);
  merged.Merge(first);
  const ErrorMetrics expected = all.metrics();
  const ErrorMetrics metrics = merged.metrics();
  EXPECT_EQ(metrics.count, expected.count);
  EXPECT_DOUBLE_EQ(metrics.sqnr_db, expected.sqnr_db);
  EXPECT_DOUBLE_EQ(metrics.cosine, expected.cosine);
  EXPECT_EQ(metrics.reference_min, -7);
  EXPECT_EQ(metrics.reference_max, 9);
}

}  // namespace
}  // namespace octolite
