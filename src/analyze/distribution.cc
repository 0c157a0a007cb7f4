#include "analyze/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace octolite {

void DistributionPair::SetRange(double low, double high) {
  low_ = low;
  high_ = high;
}

void DistributionPair::Count(std::span<const float> values, Counts& counts) const {
  const double bins_per_unit = static_cast<double>(kBins) / (high_ - low_);
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const double at = std::floor((static_cast<double>(value) - low_) * bins_per_unit) + 1;
    ++counts[static_cast<size_t>(std::clamp(at, 0.0, static_cast<double>(kBins + 1)))];
  }
}

void DistributionPair::Add(std::span<const float> reference, std::span<const float> value) {
  if (!has_range()) return;
  Count(reference, reference_);
  Count(value, value_);
}

double DistributionPair::KlDivergence() const {
  const auto total = [](const Counts& counts) {
    const uint64_t sum = std::accumulate(counts.begin(), counts.end(), uint64_t{0});
    return static_cast<double>(sum) + 0.5 * static_cast<double>(counts.size());
  };
  const double reference_total = total(reference_);
  const double value_total = total(value_);
  double divergence = 0;
  for (size_t i = 0; i < reference_.size(); ++i) {
    const double p = (static_cast<double>(reference_[i]) + 0.5) / reference_total;
    const double q = (static_cast<double>(value_[i]) + 0.5) / value_total;
    divergence += p * std::log(p / q);
  }
  return std::max(0.0, divergence);
}

double DistributionPair::BeyondRange() const {
  const uint64_t sum = std::accumulate(reference_.begin(), reference_.end(), uint64_t{0});
  if (sum == 0) return 0;
  return static_cast<double>(reference_.front() + reference_.back()) / static_cast<double>(sum);
}

}  // namespace octolite
