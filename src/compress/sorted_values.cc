#include "compress/sorted_values.h"

#include <algorithm>

namespace octolite {

SortedValues::SortedValues(std::vector<Value> values) : values_(std::move(values)) {
  std::sort(values_.begin(), values_.end(),
            [](const Value& a, const Value& b) { return a.value < b.value; });
  size_t count = 0;
  for (const Value& one : values_) {
    if (count > 0 && values_[count - 1].value == one.value) {
      values_[count - 1].weight += one.weight;
    } else {
      values_[count++] = one;
    }
  }
  values_.resize(count);
  Sum();
}

void SortedValues::Sum() {
  double weight = 0;
  double total = 0;
  for (const Value& one : values_) {
    weight += one.weight;
    total += one.weight * one.value;
  }
  origin_ = weight > 0 ? total / weight : 0;
  sums_.resize(values_.size() + 1);
  for (size_t i = 0; i < values_.size(); ++i) {
    const double distance = values_[i].value - origin_;
    const double product = values_[i].weight * distance;
    sums_[i + 1] = {sums_[i].weight + values_[i].weight, sums_[i].first + product,
                    sums_[i].second + product * distance};
  }
}

size_t SortedValues::LowerBound(double bound) const {
  const auto at =
      std::lower_bound(values_.begin(), values_.end(), bound,
                       [](const Value& one, double limit) { return one.value < limit; });
  return static_cast<size_t>(at - values_.begin());
}

double SortedValues::Mean(size_t begin, size_t end) const {
  const double weight = sums_[end].weight - sums_[begin].weight;
  // Rounding must not lead out of the range.
  const double low = values_[begin].value;
  const double high = values_[end - 1].value;
  if (!(weight > 0)) return low;
  return std::clamp(origin_ + (sums_[end].first - sums_[begin].first) / weight, low, high);
}

double SortedValues::Error(size_t begin, size_t end, double level) const {
  const double shift = level - origin_;
  const double weight = sums_[end].weight - sums_[begin].weight;
  const double first = sums_[end].first - sums_[begin].first;
  const double second = sums_[end].second - sums_[begin].second;
  return std::max(0.0, second - 2 * shift * first + shift * shift * weight);
}

double SortedValues::Spread(size_t begin, size_t end) const {
  const double weight = sums_[end].weight - sums_[begin].weight;
  const double first = sums_[end].first - sums_[begin].first;
  const double second = sums_[end].second - sums_[begin].second;
  return weight > 0 ? std::max(0.0, second - first * first / weight) : 0;
}

double SortedValues::ErrorOf(std::span<const double> levels) const {
  double error = 0;
  size_t begin = 0;
  for (size_t i = 0; i < levels.size(); ++i) {
    const size_t end =
        i + 1 < levels.size() ? LowerBound((levels[i] + levels[i + 1]) / 2) : values_.size();
    if (end > begin) error += Error(begin, end, levels[i]);
    begin = std::max(begin, end);
  }
  return error;
}

double SortedValues::Energy() const { return Error(0, values_.size(), 0); }

SortedValues SortedValues::Binned(size_t bins) const {
  if (values_.size() <= bins) return *this;
  const double low = values_.front().value;
  const double width = (values_.back().value - low) / static_cast<double>(bins);
  SortedValues binned;
  size_t begin = 0;
  for (size_t i = 1; i <= bins && begin < values_.size(); ++i) {
    const size_t end = i < bins ? LowerBound(low + width * static_cast<double>(i)) : values_.size();
    if (end <= begin) continue;
    binned.values_.push_back({Mean(begin, end), sums_[end].weight - sums_[begin].weight});
    begin = end;
  }
  binned.Sum();
  return binned;
}

}  // namespace octolite
