#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "calibrate/range_search.h"

namespace octolite {
namespace {

double XLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

// The sums of the first 0, 1, 2, ... of `f(count)`.
template <typename F>
std::vector<double> Prefix(const std::vector<double>& counts, F f) {
  std::vector<double> sums = {0};
  sums.reserve(counts.size() + 1);
  for (const double count : counts) sums.push_back(sums.back() + f(count));
  return sums;
}

class Divergence {
 public:
  Divergence(std::vector<double> counts, int levels)
      : counts_(std::move(counts)),
        levels_(levels),
        sum_(Prefix(counts_, [](double n) { return n; })),
        filled_(Prefix(counts_, [](double n) { return n > 0 ? 1.0 : 0.0; })),
        x_log_x_(Prefix(counts_, XLogX)) {}

  // D(P || Q) for a range of the bins [begin, end), at least as many as levels. P has what lies
  // outside in the bins at its ends; Q has the same bins without that, in each the mean of the
  // filled bins that share its level. Where that leaves an end of Q empty, it holds one value, as
  // the divergence would be infinite.
  double Of(size_t begin, size_t end) const {
    const double total = sum_.back();
    const double inside = sum_[end] - sum_[begin];
    if (inside <= 0) return std::numeric_limits<double>::infinity();
    // P log P and P log Q, both in counts, of the bins as they are.
    double p_log_p = x_log_x_[end] - x_log_x_[begin];
    double p_log_q = 0;
    const size_t bins = end - begin;
    const auto levels = static_cast<size_t>(levels_);
    size_t from = begin;
    double first_mean = 0;
    double last_mean = 0;
    for (size_t level = 0; level < levels; ++level) {
      const size_t to = begin + (level + 1) * bins / levels;
      const double sum = sum_[to] - sum_[from];
      const double mean = sum > 0 ? sum / (filled_[to] - filled_[from]) : 0;
      if (sum > 0) p_log_q += sum * std::log(mean);
      if (level == 0) first_mean = mean;
      last_mean = mean;
      from = to;
    }
    const auto clip = [&](size_t bin, double outside, double mean) {
      if (outside <= 0) return;
      p_log_p += XLogX(counts_[bin] + outside) - XLogX(counts_[bin]);
      if (counts_[bin] > 0) p_log_q += outside * std::log(mean);  // else log(1)
    };
    clip(begin, sum_[begin], first_mean);
    clip(end - 1, total - sum_[end], last_mean);
    return (p_log_p - p_log_q) / total + std::log(inside / total);
  }

 private:
  std::vector<double> counts_;
  int levels_;
  std::vector<double> sum_;
  std::vector<double> filled_;
  std::vector<double> x_log_x_;
};

}  // namespace

Range EntropyRange(const TensorStatistics& statistics, int bits) {
  const Range all{std::min(statistics.min, 0.0f), std::max(statistics.max, 0.0f)};
  const double width = statistics.histogram.width();
  const auto [below, above] = CountUsedBins(statistics);
  const int levels = 1 << bits;
  if (below + above <= levels) return all;
  constexpr int kZero = Histogram::kBinsPerSide;
  const Divergence divergence(CountsWithoutZeros(statistics.histogram), levels);
  int best = std::max(below, above);
  double least = std::numeric_limits<double>::infinity();
  // From wide to narrow, so that of equals the widest wins.
  for (int threshold = best; threshold > 0; --threshold) {
    const int from = std::min(threshold, below);
    const int to = std::min(threshold, above);
    if (from + to < levels) break;
    const double loss =
        divergence.Of(static_cast<size_t>(kZero - from), static_cast<size_t>(kZero + to));
    if (loss >= least) continue;
    least = loss;
    best = threshold;
  }
  // Exact: a multiple of a power of two with at most 12 bits.
  const auto edge = static_cast<float>(best * width);
  return {std::max(all.min, -edge), std::min(all.max, edge)};
}

}  // namespace octolite
