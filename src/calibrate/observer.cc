#include "calibrate/observer.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace octolite {
namespace {

// The edge below which `tail` of the values lie, counted from the low end in whole bins.
double LowEdge(const Histogram& histogram, double tail) {
  const std::span<const uint64_t> counts = histogram.counts();
  double seen = 0;
  size_t bin = 0;
  for (; bin < counts.size(); ++bin) {
    seen += static_cast<double>(counts[bin]);
    if (seen > tail) break;
  }
  return (static_cast<double>(bin) - Histogram::kBinsPerSide) * histogram.width();
}

double HighEdge(const Histogram& histogram, double tail) {
  const std::span<const uint64_t> counts = histogram.counts();
  double seen = 0;
  size_t bin = counts.size();
  for (; bin > 0; --bin) {
    seen += static_cast<double>(counts[bin - 1]);
    if (seen > tail) break;
  }
  return (static_cast<double>(bin) - Histogram::kBinsPerSide) * histogram.width();
}

}  // namespace

Result<Range> SelectRange(const TensorStatistics& statistics, const ObserverConfig& config) {
  if (statistics.nan_count > 0) {
    return Status(StatusCode::kInvalidArgument,
                  "was NaN " + std::to_string(statistics.nan_count) +
                      " times during calibration, so it has no range");
  }
  if (!(statistics.min <= statistics.max) || !std::isfinite(statistics.min) ||
      !std::isfinite(statistics.max)) {
    return Status(StatusCode::kInvalidArgument,
                  "had no finite value during calibration, so it has no range");
  }
  Range range{statistics.min, statistics.max};
  if (config.kind == ObserverKind::kPercentile) {
    if (!(config.percentile > 50) || !(config.percentile <= 100)) {
      return Status(StatusCode::kInvalidArgument,
                    "a percentile must be above 50 and at most 100, not " +
                        std::to_string(config.percentile));
    }
    if (!statistics.histogram.empty() && config.percentile < 100) {
      const double tail =
          static_cast<double>(statistics.count) * (100 - config.percentile) / 100 / 2;
      // Whole bins are kept, so the edge may lie beyond what was seen.
      range.min = std::max(range.min, static_cast<float>(LowEdge(statistics.histogram, tail)));
      range.max = std::min(range.max, static_cast<float>(HighEdge(statistics.histogram, tail)));
    }
  }
  range.min = std::min(range.min, 0.0f);
  range.max = std::max(range.max, 0.0f);
  return range;
}

}  // namespace octolite
