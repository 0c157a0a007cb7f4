#include "analyze/error_metrics.h"

#include <algorithm>
#include <cmath>

namespace octolite {

void ErrorAccumulator::Add(std::span<const float> reference, std::span<const float> value) {
  for (size_t i = 0; i < reference.size(); ++i) {
    const auto r = static_cast<double>(reference[i]);
    const auto v = static_cast<double>(value[i]);
    if (!std::isfinite(r) || !std::isfinite(v)) {
      ++non_finite_;
      continue;
    }
    const double error = std::fabs(r - v);
    min_ = count_ == 0 ? r : std::min(min_, r);
    max_ = count_ == 0 ? r : std::max(max_, r);
    ++count_;
    signal_ += r * r;
    value_ += v * v;
    dot_ += r * v;
    noise_ += error * error;
    abs_error_ += error;
    max_abs_error_ = std::max(max_abs_error_, error);
  }
}

void ErrorAccumulator::Merge(const ErrorAccumulator& other) {
  if (other.count_ > 0) {
    min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
    max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
  }
  count_ += other.count_;
  non_finite_ += other.non_finite_;
  signal_ += other.signal_;
  value_ += other.value_;
  dot_ += other.dot_;
  noise_ += other.noise_;
  abs_error_ += other.abs_error_;
  max_abs_error_ = std::max(max_abs_error_, other.max_abs_error_);
}

ErrorMetrics ErrorAccumulator::metrics() const {
  ErrorMetrics metrics;
  metrics.count = count_;
  metrics.non_finite = non_finite_;
  metrics.reference_min = min_;
  metrics.reference_max = max_;
  metrics.max_abs_error = max_abs_error_;
  if (count_ > 0) {
    metrics.mean_abs_error = abs_error_ / static_cast<double>(count_);
    metrics.rmse = std::sqrt(noise_ / static_cast<double>(count_));
  }
  if (noise_ == 0) {
    metrics.sqnr_db = ErrorMetrics::kMaxSqnrDb;
  } else if (signal_ == 0) {
    metrics.sqnr_db = -ErrorMetrics::kMaxSqnrDb;
  } else {
    metrics.sqnr_db = std::clamp(10 * std::log10(signal_ / noise_), -ErrorMetrics::kMaxSqnrDb,
                                 ErrorMetrics::kMaxSqnrDb);
  }
  if (signal_ == 0 || value_ == 0) {
    metrics.cosine = signal_ == value_ ? 1 : 0;
  } else {
    metrics.cosine = std::clamp(dot_ / (std::sqrt(signal_) * std::sqrt(value_)), -1.0, 1.0);
  }
  return metrics;
}

}  // namespace octolite
