#include "compress/kmeans.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace octolite {
namespace {

constexpr int kMaxIterations = 300;

// One layer of the dynamic program: the least error of the first i values in q ranges, from that
// in q - 1. The best beginning of the last range does not fall as i grows, so that halving the
// range of i halves what is searched.
class Layer {
 public:
  Layer(const SortedValues& values, const std::vector<double>& previous, size_t ranges)
      : values_(values),
        previous_(previous),
        ranges_(ranges),
        error(previous.size(), std::numeric_limits<double>::infinity()),
        begin(previous.size(), 0) {
    Solve(ranges, values.size(), ranges - 1, values.size() - 1);
  }

 private:
  // For i in [low, high], the last range of which begins in [first, last].
  void Solve(size_t low, size_t high, size_t first, size_t last) {
    while (low <= high) {
      const size_t middle = low + (high - low) / 2;
      size_t best = first;
      for (size_t j = std::max(first, ranges_ - 1); j <= std::min(last, middle - 1); ++j) {
        const double total = previous_[j] + values_.Spread(j, middle);
        if (total < error[middle]) {
          error[middle] = total;
          best = j;
        }
      }
      begin[middle] = static_cast<uint16_t>(best);
      if (middle > low) Solve(low, middle - 1, first, best);
      low = middle + 1;
      first = best;
    }
  }

  const SortedValues& values_;
  const std::vector<double>& previous_;
  const size_t ranges_;

 public:
  std::vector<double> error;    // of the first i values
  std::vector<uint16_t> begin;  // of the last range
};

std::vector<double> ExactCodebook(const SortedValues& values, size_t k) {
  const size_t count = values.size();
  k = std::min(k, count);
  std::vector<double> error(count + 1, 0);
  for (size_t i = 1; i <= count; ++i) error[i] = values.Spread(0, i);
  std::vector<std::vector<uint16_t>> begins;
  for (size_t ranges = 2; ranges <= k; ++ranges) {
    Layer layer(values, error, ranges);
    error = std::move(layer.error);
    begins.push_back(std::move(layer.begin));
  }
  std::vector<double> codebook(k);
  size_t end = count;
  for (size_t i = k; i-- > 0;) {
    const size_t begin = i > 0 ? begins[i - 1][end] : 0;
    codebook[i] = values.Mean(begin, end);
    end = begin;
  }
  return codebook;
}

// Every level goes to the mean of what is nearest to it, until nothing moves. Levels that have
// nothing stay. `fixed`: one that does not move.
void Lloyd(const SortedValues& values, std::vector<double>& levels, std::optional<size_t> fixed) {
  std::vector<size_t> ends(levels.size(), 0);
  for (int i = 0; i < kMaxIterations; ++i) {
    bool moved = false;
    for (size_t j = 0; j < levels.size(); ++j) {
      const size_t end = j + 1 < levels.size() ? values.LowerBound((levels[j] + levels[j + 1]) / 2)
                                               : values.size();
      moved |= ends[j] != end;
      ends[j] = end;
    }
    if (!moved) return;
    for (size_t j = 0; j < levels.size(); ++j) {
      const size_t begin = j > 0 ? ends[j - 1] : 0;
      if (j != fixed && ends[j] > begin) levels[j] = values.Mean(begin, ends[j]);
    }
  }
}

}  // namespace

std::vector<double> OptimalCodebook(const SortedValues& values, size_t k) {
  if (values.size() <= kExactValues) return ExactCodebook(values, k);
  std::vector<double> levels = ExactCodebook(values.Binned(kExactValues), k);
  Lloyd(values, levels, std::nullopt);
  return levels;
}

std::vector<double> OptimalCodebookWithZero(const SortedValues& values, size_t k) {
  std::vector<double> levels = OptimalCodebook(values, k);
  size_t nearest = 0;
  for (size_t i = 1; i < levels.size(); ++i) {
    if (std::abs(levels[i]) < std::abs(levels[nearest])) nearest = i;
  }
  levels[nearest] = 0;
  // It stays in order: no other level lies between 0 and the nearest one, but 0 may lie beyond
  // the far side of it when all have one sign, where it is the first or the last.
  Lloyd(values, levels, nearest);
  return levels;
}

size_t NearestLevel(const std::vector<double>& levels, double value) {
  const auto above = std::lower_bound(levels.begin(), levels.end(), value);
  if (above == levels.begin()) return 0;
  const auto below = above - 1;
  if (above == levels.end() || value - *below <= *above - value) {
    return static_cast<size_t>(below - levels.begin());
  }
  return static_cast<size_t>(above - levels.begin());
}

}  // namespace octolite
