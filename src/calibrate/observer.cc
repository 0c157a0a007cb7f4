#include "calibrate/observer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "calibrate/range_search.h"

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

Result<Range> PercentileRange(const TensorStatistics& statistics, double percentile) {
  if (!(percentile > 50) || !(percentile <= 100)) {
    return Status(
        StatusCode::kInvalidArgument,
        "a percentile must be above 50 and at most 100, not " + std::to_string(percentile));
  }
  Range range{statistics.min, statistics.max};
  if (!statistics.histogram.empty() && percentile < 100) {
    const double tail = static_cast<double>(statistics.count) * (100 - percentile) / 100 / 2;
    // Whole bins are kept, so the edge may lie beyond what was seen.
    range.min = std::max(range.min, static_cast<float>(LowEdge(statistics.histogram, tail)));
    range.max = std::min(range.max, static_cast<float>(HighEdge(statistics.histogram, tail)));
  }
  return range;
}

}  // namespace

std::string_view ObserverName(ObserverKind kind) {
  switch (kind) {
    case ObserverKind::kMinMax:
      return "min_max";
    case ObserverKind::kMovingAverage:
      return "moving_average";
    case ObserverKind::kPercentile:
      return "percentile";
    case ObserverKind::kMse:
      return "mse";
    case ObserverKind::kEntropy:
      return "entropy";
  }
  return "";
}

Result<Range> SelectRange(const TensorStatistics& statistics, const ObserverConfig& config,
                          int bits, bool symmetric) {
  if (bits < 2 || bits > 16) {
    return Status(StatusCode::kInvalidArgument,
                  "activations have 2 to 16 bits, not " + std::to_string(bits));
  }
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
  const bool recorded = statistics.histogram.empty();
  switch (config.kind) {
    case ObserverKind::kMinMax:
      break;
    case ObserverKind::kMovingAverage:
      if (recorded) break;
      if (statistics.moving_range.updates == 0) {
        Status status(StatusCode::kInvalidArgument,
                      "has no moving average in these calibration statistics");
        status.WithHint("save them with moving averages, or choose another observer");
        return status;
      }
      range = {statistics.moving_range.min, statistics.moving_range.max};
      break;
    case ObserverKind::kPercentile: {
      OCTO_ASSIGN_OR_RETURN(range, PercentileRange(statistics, config.percentile));
      break;
    }
    case ObserverKind::kMse:
      if (!recorded) range = MseRange(statistics, bits, symmetric);
      break;
    case ObserverKind::kEntropy:
      if (!recorded) range = EntropyRange(statistics, bits);
      break;
  }
  // Never a negative zero.
  range.min = std::min(range.min, 0.0f) + 0.0f;
  range.max = std::max(range.max, 0.0f);
  return range;
}

}  // namespace octolite
