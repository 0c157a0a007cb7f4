#pragma once

#include <cstdint>

#include "base/status.h"
#include "calibrate/statistics.h"

namespace octolite {

enum class ObserverKind : uint8_t {
  kMinMax,      // everything that was seen
  kPercentile,  // all but the rarest values at the two ends
};

struct ObserverConfig {
  ObserverKind kind = ObserverKind::kMinMax;
  // For kPercentile, in (50, 100]: the share of the values, in percent, that is kept; what is left
  // out is split evenly between the ends.
  double percentile = 99.99;
};

struct Range {
  float min = 0;
  float max = 0;
  bool operator==(const Range&) const = default;
};

// The range of real values that 8 bits shall stand for, widened to hold 0. INVALID_ARGUMENT when
// nothing finite was seen, when NaN was, or for a percentile outside its bounds. Statistics without
// a histogram give their min and max.
Result<Range> SelectRange(const TensorStatistics& statistics, const ObserverConfig& config);

}  // namespace octolite
