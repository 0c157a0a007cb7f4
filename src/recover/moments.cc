#include "recover/moments.h"

#include <algorithm>

namespace octolite {
namespace {

constexpr uint32_t kRowsPerFlush = 128;

// sums += a^T b for four rows of each.
void AddOuterProducts(const float* a, const float* b, size_t depth, std::vector<float>& sums) {
  for (size_t i = 0; i < depth; ++i) {
    const float a0 = a[i];
    const float a1 = a[depth + i];
    const float a2 = a[2 * depth + i];
    const float a3 = a[3 * depth + i];
    if (a0 == 0 && a1 == 0 && a2 == 0 && a3 == 0) continue;
    float* row = &sums[i * depth];
    for (size_t j = 0; j < depth; ++j) {
      row[j] += (a0 * b[j] + a1 * b[depth + j]) + (a2 * b[2 * depth + j] + a3 * b[3 * depth + j]);
    }
  }
}

void AddOuterProduct(const float* a, const float* b, size_t depth, std::vector<float>& sums) {
  for (size_t i = 0; i < depth; ++i) {
    if (a[i] == 0) continue;
    float* row = &sums[i * depth];
    for (size_t j = 0; j < depth; ++j) row[j] += a[i] * b[j];
  }
}

void MoveSums(std::vector<float>& from, std::vector<double>& to) {
  for (size_t i = 0; i < from.size(); ++i) to[i] += static_cast<double>(from[i]);
  std::fill(from.begin(), from.end(), 0.0f);
}

// sums / rows, less the product of the means.
std::vector<double> Normalized(const std::vector<double>& sums, const std::vector<double>& a,
                               const std::vector<double>& b, uint64_t rows, bool centered) {
  const auto n = static_cast<double>(rows);
  std::vector<double> moments(sums.size());
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) {
      const double product = centered ? a[i] / n * (b[j] / n) : 0;
      moments[i * b.size() + j] = sums[i * b.size() + j] / n - product;
    }
  }
  return moments;
}

}  // namespace

Moments::Moments(size_t depth)
    : depth_(depth),
      sum_x_(depth),
      sum_y_(depth),
      yy_(depth * depth),
      xy_(depth * depth),
      near_yy_(depth * depth),
      near_xy_(depth * depth) {}

void Moments::Add(std::span<const float> x, std::span<const float> y) {
  const size_t rows = x.size() / depth_;
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = 0; i < depth_; ++i) {
      sum_x_[i] += static_cast<double>(x[row * depth_ + i]);
      sum_y_[i] += static_cast<double>(y[row * depth_ + i]);
    }
  }
  rows_ += rows;
  for (size_t row = 0; row < rows;) {
    const float* at_x = &x[row * depth_];
    const float* at_y = &y[row * depth_];
    if (rows - row >= 4) {
      AddOuterProducts(at_y, at_y, depth_, near_yy_);
      AddOuterProducts(at_x, at_y, depth_, near_xy_);
      row += 4;
      near_rows_ += 4;
    } else {
      AddOuterProduct(at_y, at_y, depth_, near_yy_);
      AddOuterProduct(at_x, at_y, depth_, near_xy_);
      ++row;
      ++near_rows_;
    }
    if (near_rows_ >= kRowsPerFlush) Flush();
  }
  Flush();
}

void Moments::Flush() {
  MoveSums(near_yy_, yy_);
  MoveSums(near_xy_, xy_);
  near_rows_ = 0;
}

std::vector<double> Moments::MomentsYY(bool centered) const {
  return Normalized(yy_, sum_y_, sum_y_, rows_, centered);
}

std::vector<double> Moments::MomentsXY(bool centered) const {
  return Normalized(xy_, sum_x_, sum_y_, rows_, centered);
}

}  // namespace octolite
