#include "recover/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"
#include "recover/moments.h"

namespace octolite {
namespace {

constexpr size_t kDepth = 12;

// Rows whose elements have much in common.
std::vector<float> CorrelatedRows(size_t rows, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values;
  for (size_t row = 0; row < rows; ++row) {
    const float common = 4 * rng.Uniform();
    for (size_t i = 0; i < kDepth; ++i) values.push_back(common + rng.Uniform() - 0.5f);
  }
  return values;
}

std::vector<float> Weights(uint64_t seed) {
  Rng rng(seed);
  std::vector<float> weights;
  for (size_t i = 0; i < kDepth; ++i) weights.push_back(2 * rng.Uniform() - 1);
  return weights;
}

struct Grid {
  std::vector<float> scales = std::vector<float>(kDepth, 0.25f);
  std::vector<int8_t> zero_points = std::vector<int8_t>(kDepth, 0);
  WeightGrid grid() const { return {scales, zero_points, -7, 7}; }
  std::vector<float> Values(const std::vector<int8_t>& codes) const {
    std::vector<float> values;
    for (size_t i = 0; i < codes.size(); ++i) {
      values.push_back(scales[i] * static_cast<float>(codes[i] - zero_points[i]));
    }
    return values;
  }
};

std::vector<int8_t> Nearest(const std::vector<float>& weights, float scale) {
  std::vector<int8_t> codes;
  for (const float w : weights) codes.push_back(static_cast<int8_t>(std::nearbyint(w / scale)));
  return codes;
}

double MeanSquare(const std::vector<float>& x, const std::vector<float>& y,
                  const std::vector<float>& w, const std::vector<float>& v) {
  double sum = 0;
  const size_t rows = x.size() / kDepth;
  for (size_t row = 0; row < rows; ++row) {
    double error = 0;
    for (size_t i = 0; i < kDepth; ++i) {
      error += static_cast<double>(w[i] * x[row * kDepth + i] - v[i] * y[row * kDepth + i]);
    }
    sum += error * error;
  }
  return sum / static_cast<double>(rows);
}

TEST(MomentsTest, AreThoseOfTheRows) {
  const std::vector<float> x = CorrelatedRows(301, 1);
  std::vector<float> y = CorrelatedRows(301, 2);
  Moments moments(kDepth);
  // In parts of a size that is no multiple of anything.
  const size_t half = 150 * kDepth;
  moments.Add({x.data(), half}, {y.data(), half});
  moments.Add({&x[half], x.size() - half}, {&y[half], y.size() - half});
  ASSERT_EQ(moments.rows(), 301u);
  double mean_x = 0;
  double mean_y = 0;
  double product = 0;
  double square = 0;
  for (size_t row = 0; row < 301; ++row) {
    const double a = x[row * kDepth + 3];
    const double b = y[row * kDepth + 5];
    mean_x += a / 301;
    mean_y += b / 301;
    product += a * b / 301;
    square += b * b / 301;
  }
  const size_t at = 3 * kDepth + 5;
  EXPECT_NEAR(moments.MomentsXY(false)[at], product, 1e-5);
  EXPECT_NEAR(moments.MomentsXY(true)[at], product - mean_x * mean_y, 1e-5);
  EXPECT_NEAR(moments.MomentsYY(false)[5 * kDepth + 5], square, 1e-5);
  EXPECT_NEAR(moments.MomentsYY(true)[5 * kDepth + 5], square - mean_y * mean_y, 1e-5);
}

TEST(RoundingTest, ErrorIsThatOfTheOutput) {
  const std::vector<float> x = CorrelatedRows(64, 3);
  const std::vector<float> y = CorrelatedRows(64, 4);
  const std::vector<float> w = Weights(5);
  const std::vector<float> v = Weights(6);
  Moments moments(kDepth);
  moments.Add(x, y);
  const double error = OutputError(moments.MomentsYY(false), moments.MomentsXY(false), w, v);
  const std::vector<float> zeros(kDepth);
  EXPECT_NEAR(error, MeanSquare(x, y, w, v) - MeanSquare(x, y, w, zeros), 1e-4);
}

TEST(RoundingTest, OutputsOfRoundedWeightsAreNearerThanThoseOfNearestCodes) {
  const std::vector<float> x = CorrelatedRows(400, 7);
  const std::vector<float> other = CorrelatedRows(400, 8);
  Moments moments(kDepth);
  moments.Add(x, x);
  const LayerRounder rounder(kDepth, moments.MomentsYY(false), moments.MomentsXY(false), 0.01);
  const Grid grid;
  double nearest = 0;
  double rounded = 0;
  for (uint64_t seed = 10; seed < 30; ++seed) {
    const std::vector<float> w = Weights(seed);
    const std::vector<int8_t> codes = rounder.Round(w, grid.grid(), false);
    nearest += MeanSquare(other, other, w, grid.Values(Nearest(w, 0.25f)));
    rounded += MeanSquare(other, other, w, grid.Values(codes));
    // A code beside the nearest is the price, not one far off.
    for (size_t i = 0; i < kDepth; ++i) {
      EXPECT_LE(std::fabs(static_cast<float>(codes[i]) * 0.25f - w[i]), 0.5f);
    }
  }
  EXPECT_LT(rounded, nearest / 8);
}

TEST(RoundingTest, CompensatesForWhatTheInputsLost) {
  const std::vector<float> x = CorrelatedRows(400, 9);
  std::vector<float> y = x;
  for (float& value : y) value *= 0.5f;
  Moments moments(kDepth);
  moments.Add(x, y);
  const LayerRounder rounder(kDepth, moments.MomentsYY(false), moments.MomentsXY(false), 1e-6);
  const Grid grid;
  std::vector<float> w(kDepth, 0.5f);
  EXPECT_EQ(rounder.Round(w, grid.grid(), false), std::vector<int8_t>(kDepth, 2));
  EXPECT_EQ(rounder.Round(w, grid.grid(), true), std::vector<int8_t>(kDepth, 4));
}

TEST(RoundingTest, StaysInTheGrid) {
  const std::vector<float> x = CorrelatedRows(100, 11);
  Moments moments(kDepth);
  moments.Add(x, x);
  const LayerRounder rounder(kDepth, moments.MomentsYY(false), moments.MomentsXY(false), 0.01);
  Grid grid;
  grid.zero_points.assign(kDepth, 3);
  std::vector<float> w = Weights(12);
  for (float& value : w) value *= 10;
  for (const int8_t code : rounder.Round(w, grid.grid(), false)) {
    EXPECT_GE(code, -7);
    EXPECT_LE(code, 7);
  }
}

TEST(RoundingTest, InputsThatAreNeverThereLeaveTheirWeightsAtTheNearest) {
  Moments moments(kDepth);
  const std::vector<float> zeros(kDepth * 8);
  moments.Add(zeros, zeros);
  const LayerRounder rounder(kDepth, moments.MomentsYY(false), moments.MomentsXY(false), 0.01);
  const Grid grid;
  const std::vector<float> w = Weights(13);
  EXPECT_EQ(rounder.Round(w, grid.grid(), true), Nearest(w, 0.25f));
}

}  // namespace
}  // namespace octolite
