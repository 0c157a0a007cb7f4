#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "calibrate/range_search.h"

namespace octolite {
namespace {

// What one side of zero loses by ending after 0, 1, 2, ... bins.
class Side {
 public:
  // `count(i)` is that of the bin i bins away from zero; nothing is seen beyond `magnitude`, which
  // is in the last of `bins`.
  template <typename F>
  Side(float magnitude, int bins, double width, F count)
      : magnitude_(static_cast<double>(magnitude)),
        width_(width),
        clipping_(static_cast<size_t>(bins) + 1) {
    // Of the bins from i on: values, their sum and sum of squares, spread evenly in their bins.
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (int i = last(); i >= 0; --i) {
      const double end = End(i);
      clipping_[static_cast<size_t>(i)] =
          i == last() ? 0 : std::max(0.0, squares - 2 * end * sum + n * end * end);
      if (i == 0) break;
      const double values = count(i - 1);
      const double center = std::min((i - 0.5) * width_, magnitude_);
      n += values;
      sum += values * center;
      squares += values * (center * center + width_ * width_ / 12);
    }
  }

  int last() const { return static_cast<int>(clipping_.size()) - 1; }
  // Where the range ends that holds `bins` bins.
  double End(int bins) const { return std::min(bins * width_, magnitude_); }
  // The squared error of all values beyond that.
  double Clipping(int bins) const { return clipping_[static_cast<size_t>(std::min(bins, last()))]; }

 private:
  double magnitude_;
  double width_;
  std::vector<double> clipping_;
};

}  // namespace

Range MseRange(const TensorStatistics& statistics, int bits, bool symmetric) {
  const Histogram& histogram = statistics.histogram;
  const std::vector<double> counts = CountsWithoutZeros(histogram);
  constexpr int kZero = Histogram::kBinsPerSide;
  const UsedBins used = CountUsedBins(statistics);
  const Side low(std::max(0.0f, -statistics.min), used.below, histogram.width(),
                 [&](int i) { return counts[static_cast<size_t>(int64_t{kZero} - 1 - i)]; });
  const Side high(std::max(0.0f, statistics.max), used.above, histogram.width(),
                  [&](int i) { return counts[static_cast<size_t>(int64_t{kZero} + i)]; });
  double total = 0;
  for (const double count : counts) total += count;
  const double steps = std::ldexp(1.0, bits) - 1;
  // Of all values, as if none were clipped: the few that are cost far more by that.
  const auto rounding = [&](double span) { return total * (span / steps) * (span / steps) / 12; };
  const auto result = [&](int below, int above) {
    // End() is at most the magnitude, a float, but bins may end at what is none.
    return Range{-static_cast<float>(low.End(below)), static_cast<float>(high.End(above))};
  };

  if (symmetric || bits == 16) {
    int best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i <= std::max(low.last(), high.last()); ++i) {
      const double error = low.Clipping(i) + high.Clipping(i) +
                           rounding(2 * std::max(low.End(std::min(i, low.last())),
                                                 high.End(std::min(i, high.last()))));
      if (error > least) continue;
      least = error;
      best = i;
    }
    return result(std::min(best, low.last()), std::min(best, high.last()));
  }

  // In turn, the best place for one end with the other as it stands. The error falls with each, so
  // that this ends; a few turns do.
  int below = low.last();
  int above = high.last();
  const auto improve = [&](const Side& side, int& end, double other) {
    int best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i <= side.last(); ++i) {
      const double error = side.Clipping(i) + rounding(side.End(i) + other);
      if (error > least) continue;
      least = error;
      best = i;
    }
    const bool moved = best != end;
    end = best;
    return moved;
  };
  constexpr int kMaxTurns = 20;
  for (int turn = 0; turn < kMaxTurns; ++turn) {
    const bool high_moved = improve(high, above, low.End(below));
    const bool low_moved = improve(low, below, high.End(above));
    if (!high_moved && !low_moved) break;
  }
  return result(below, above);
}

}  // namespace octolite
