#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace octolite {

// Numbers on a line, each with a weight, in ascending order, with running sums: what it costs to
// put all of a range on one number takes two look-ups.
class SortedValues {
 public:
  struct Value {
    double value = 0;
    double weight = 0;  // 0 or more
  };

  // In any order. Equal values become one.
  explicit SortedValues(std::vector<Value> values);

  size_t size() const { return values_.size(); }
  std::span<const Value> values() const { return values_; }
  // First of the values that is not below `bound`.
  size_t LowerBound(double bound) const;
  // Weighted mean of [begin, end), which is not empty.
  double Mean(size_t begin, size_t end) const;
  // Weighted squared distance of [begin, end) to `level`.
  double Error(size_t begin, size_t end, double level) const;
  // The same to their own mean, which is the least.
  double Spread(size_t begin, size_t end) const;
  // Weighted squared distance of every value to the nearest of these ascending levels, of which
  // there is one at least.
  double ErrorOf(std::span<const double> levels) const;
  // Weighted sum of squares of all of them.
  double Energy() const;

  // Values that lie together are put together, weighted means of at most `bins` equal parts of
  // the range.
  SortedValues Binned(size_t bins) const;

 private:
  SortedValues() = default;
  void Sum();

  struct Sums {
    double weight = 0;
    double first = 0;   // of weight * (value - origin)
    double second = 0;  // of weight * (value - origin)^2
  };
  // Of the values before each.
  std::vector<Sums> sums_;
  std::vector<Value> values_;
  // Sums are taken around the mean, as they are differences of large numbers otherwise.
  double origin_ = 0;
};

}  // namespace octolite
