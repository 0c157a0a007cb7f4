#include "calibrate/range_search.h"

#include <algorithm>
#include <cmath>

namespace octolite {

UsedBins CountUsedBins(const TensorStatistics& statistics) {
  const double width = statistics.histogram.width();
  const auto bins = [](double count) {
    return static_cast<int>(std::clamp(count, 0.0, static_cast<double>(Histogram::kBinsPerSide)));
  };
  // A bin holds its lower edge and not its upper.
  const double low = std::ceil(static_cast<double>(-statistics.min) / width);
  const double high = std::floor(static_cast<double>(statistics.max) / width) + 1;
  return {statistics.min < 0 ? bins(low) : 0, statistics.max > 0 ? bins(high) : 0};
}

std::vector<double> CountsWithoutZeros(const Histogram& histogram) {
  std::vector<double> counts(histogram.counts().begin(), histogram.counts().end());
  constexpr size_t kZero = Histogram::kBinsPerSide;
  counts[kZero] = std::min(counts[kZero], std::max(counts[kZero - 1], counts[kZero + 1]));
  return counts;
}

}  // namespace octolite
