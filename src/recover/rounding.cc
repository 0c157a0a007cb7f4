#include "recover/rounding.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace octolite {
namespace {

constexpr int kSweeps = 4;

double ValueOf(const WeightGrid& grid, size_t i, int8_t code) {
  return static_cast<double>(grid.scales[i]) * (code - grid.zero_points[i]);
}

int8_t NearestCode(const WeightGrid& grid, size_t i, double value) {
  const double code =
      std::nearbyint(value / static_cast<double>(grid.scales[i])) + grid.zero_points[i];
  return static_cast<int8_t>(
      std::clamp(code, static_cast<double>(grid.min_code), static_cast<double>(grid.max_code)));
}

// The lower Cholesky factor of a positive definite matrix; what is left to 0 or below by rounding
// is taken for `floor`.
std::vector<double> Cholesky(const std::vector<double>& matrix, size_t n, double floor) {
  std::vector<double> factor(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = matrix[i * n + j];
      const double* a = &factor[i * n];
      const double* b = &factor[j * n];
      double s0 = 0;
      double s1 = 0;
      size_t k = 0;
      for (; k + 1 < j; k += 2) {
        s0 += a[k] * b[k];
        s1 += a[k + 1] * b[k + 1];
      }
      if (k < j) s0 += a[k] * b[k];
      sum -= s0 + s1;
      factor[i * n + j] = i == j ? std::sqrt(std::max(sum, floor)) : sum / factor[j * n + j];
    }
  }
  return factor;
}

}  // namespace

LayerRounder::LayerRounder(size_t depth, std::vector<double> yy, std::vector<double> xy,
                           double damping)
    : depth_(depth), order_(depth), change_(std::move(xy)) {
  double trace = 0;
  for (size_t i = 0; i < depth; ++i) trace += yy[i * depth + i];
  ridge_ = std::max(damping * trace / static_cast<double>(depth), 1e-30);
  for (size_t i = 0; i < yy.size(); ++i) change_[i] -= yy[i];
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [&](size_t a, size_t b) { return yy[a * depth + a] < yy[b * depth + b]; });
  yy_.resize(depth * depth);
  for (size_t i = 0; i < depth; ++i) {
    for (size_t j = 0; j < depth; ++j) {
      yy_[i * depth + j] = yy[order_[i] * depth + order_[j]] + (i == j ? ridge_ : 0);
    }
  }
  factor_ = Cholesky(yy_, depth, ridge_ * 1e-3);
}

std::vector<int8_t> LayerRounder::Round(std::span<const float> w, const WeightGrid& grid,
                                        bool compensate) const {
  std::vector<double> target(depth_);
  if (compensate) {
    target = Target(w);
  } else {
    for (size_t i = 0; i < depth_; ++i) target[i] = static_cast<double>(w[order_[i]]);
  }
  std::vector<int8_t> codes = NearestPlane(target, grid);
  Descend(target, grid, codes);
  return codes;
}

// w + (yy + ridge)^-1 change^T w, in order.
std::vector<double> LayerRounder::Target(std::span<const float> w) const {
  std::vector<double> right(depth_);
  for (size_t i = 0; i < depth_; ++i) {
    const double* row = &change_[i * depth_];
    const auto weight = static_cast<double>(w[i]);
    for (size_t j = 0; j < depth_; ++j) right[j] += weight * row[j];
  }
  std::vector<double> solution(depth_);
  for (size_t i = 0; i < depth_; ++i) {
    double sum = right[order_[i]];
    for (size_t j = 0; j < i; ++j) sum -= factor_[i * depth_ + j] * solution[j];
    solution[i] = sum / factor_[i * depth_ + i];
  }
  for (size_t i = depth_; i-- > 0;) {
    solution[i] /= factor_[i * depth_ + i];
    for (size_t j = 0; j < i; ++j) solution[j] -= factor_[i * depth_ + j] * solution[i];
  }
  for (size_t i = 0; i < depth_; ++i) solution[i] += static_cast<double>(w[order_[i]]);
  return solution;
}

// From the last weight, whose inputs are largest, to the first.
std::vector<int8_t> LayerRounder::NearestPlane(std::span<const double> target,
                                               const WeightGrid& grid) const {
  std::vector<int8_t> codes(depth_);
  std::vector<double> wanted(target.begin(), target.end());
  for (size_t i = depth_; i-- > 0;) {
    const double* row = &factor_[i * depth_];
    const size_t at = order_[i];
    codes[at] = NearestCode(grid, at, wanted[i]);
    // The error against the target, not against what was wanted: the latter is made up for already.
    const double error = target[i] - ValueOf(grid, at, codes[at]);
    for (size_t j = 0; j < i; ++j) wanted[j] += error * row[j] / factor_[j * depth_ + j];
  }
  return codes;
}

// Changes one code after the other to the best for the others as they are.
void LayerRounder::Descend(std::span<const double> target, const WeightGrid& grid,
                           std::vector<int8_t>& codes) const {
  std::vector<double> gradient(depth_);  // yy * (target - value)
  for (size_t i = 0; i < depth_; ++i) {
    const double error = target[i] - ValueOf(grid, order_[i], codes[order_[i]]);
    const double* row = &yy_[i * depth_];
    for (size_t j = 0; j < depth_; ++j) gradient[j] += error * row[j];
  }
  bool changed = true;
  for (int sweep = 0; sweep < kSweeps && changed; ++sweep) {
    changed = false;
    for (size_t i = depth_; i-- > 0;) {
      const size_t at = order_[i];
      const double* row = &yy_[i * depth_];
      const double value = ValueOf(grid, at, codes[at]);
      const int8_t code = NearestCode(grid, at, value + gradient[i] / row[i]);
      if (code == codes[at]) continue;
      const double step = ValueOf(grid, at, code) - value;
      // Halfway between two codes rounding may call either the better one.
      if (step * (2 * gradient[i] - step * row[i]) <= 0) continue;
      codes[at] = code;
      changed = true;
      for (size_t j = 0; j < depth_; ++j) gradient[j] -= step * row[j];
    }
  }
}

double OutputError(std::span<const double> yy, std::span<const double> xy, std::span<const float> w,
                   std::span<const float> v) {
  const size_t depth = w.size();
  double error = 0;
  for (size_t i = 0; i < depth; ++i) {
    double sum = 0;
    const double vi = v[i];
    const double wi = w[i];
    for (size_t j = 0; j < depth; ++j) {
      sum += static_cast<double>(v[j]) * (vi * yy[i * depth + j] - 2 * wi * xy[i * depth + j]);
    }
    error += sum;
  }
  return error;
}

}  // namespace octolite
