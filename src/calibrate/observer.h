#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "calibrate/statistics.h"

namespace octolite {

// How the range of an activation is chosen from what was seen of it.
enum class ObserverKind : uint8_t {
  kMinMax,         // everything that was seen
  kMovingAverage,  // smoothed minima and maxima of the samples, as the LiteRT Quantizer's default
  kPercentile,     // all but the rarest values at the two ends
  kMse,            // least expected squared error, of rounding and clipping together
  kEntropy,        // least loss of information (Kullback-Leibler divergence)
};

// "min_max", "moving_average", "percentile", "mse", "entropy".
std::string_view ObserverName(ObserverKind kind);

struct ObserverConfig {
  ObserverKind kind = ObserverKind::kMinMax;
  // For kPercentile, in (50, 100]: the share of the values, in percent, that is kept; what is left
  // out is split evenly between the ends.
  double percentile = 99.99;
  bool operator==(const ObserverConfig&) const = default;
};

struct Range {
  float min = 0;
  float max = 0;
  bool operator==(const Range&) const = default;
};

// The range of real values that integers of `bits` (2 to 16) shall stand for, widened to hold 0 and
// never beyond that and what was seen. `symmetric` says that the integers will have zero point 0,
// which kMse takes into account; 16 bits always have it. Statistics without a histogram, as files
// record them, give their min and max.
//
// INVALID_ARGUMENT when nothing finite was seen, when NaN was, for a percentile outside its bounds,
// and for kMovingAverage where the statistics were saved without moving averages.
Result<Range> SelectRange(const TensorStatistics& statistics, const ObserverConfig& config,
                          int bits = 8, bool symmetric = false);

}  // namespace octolite
