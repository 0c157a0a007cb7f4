#include "calibrate/histogram.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace octolite {
namespace {

// The bin of `value` where a bin is 2^exponent wide. The quotient by a power of two is exact in
// double, so the floor is that of the real quotient.
double BinOf(float value, int exponent) {
  return std::floor(std::ldexp(static_cast<double>(value), -exponent));
}

// The smallest exponent, at least `exponent`, whose bins reach both values.
int ExponentFor(float min, float max, int exponent) {
  while (BinOf(min, exponent) < -Histogram::kBinsPerSide ||
         BinOf(max, exponent) >= Histogram::kBinsPerSide) {
    ++exponent;
  }
  return exponent;
}

// Adds counts whose bins are 2^-shift as wide to those that they fall into.
void AddShifted(const std::vector<uint64_t>& narrow, int shift, std::vector<uint64_t>& wide) {
  constexpr int64_t kSide = Histogram::kBinsPerSide;
  for (int64_t bin = -kSide; bin < kSide; ++bin) {
    wide[static_cast<size_t>((bin >> std::min(shift, 31)) + kSide)] +=
        narrow[static_cast<size_t>(bin + kSide)];
  }
}

}  // namespace

Histogram Histogram::FromParts(int exponent, std::vector<uint64_t> counts) {
  Histogram histogram;
  histogram.exponent_ = exponent;
  histogram.counts_ = std::move(counts);
  return histogram;
}

void Histogram::Add(std::span<const float> values) {
  if (values.empty()) return;
  if (counts_.empty()) counts_.resize(2 * kBinsPerSide);
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  const int exponent = ExponentFor(*min, *max, exponent_);
  if (exponent != exponent_) WidenTo(exponent);
  const double per_width = std::ldexp(1.0, -exponent_);
  for (const float value : values) {
    const double bin = std::floor(static_cast<double>(value) * per_width);
    ++counts_[static_cast<size_t>(bin + kBinsPerSide)];
  }
}

void Histogram::Merge(const Histogram& other) {
  if (other.empty()) return;
  if (empty()) {
    *this = other;
    return;
  }
  if (other.exponent_ > exponent_) WidenTo(other.exponent_);
  AddShifted(other.counts_, exponent_ - other.exponent_, counts_);
}

void Histogram::WidenTo(int exponent) {
  std::vector<uint64_t> wider(counts_.size());
  AddShifted(counts_, exponent - exponent_, wider);
  counts_ = std::move(wider);
  exponent_ = exponent;
}

uint64_t Histogram::total() const {
  uint64_t total = 0;
  for (const uint64_t count : counts_) total += count;
  return total;
}

double Histogram::width() const { return std::ldexp(1.0, exponent_); }

}  // namespace octolite
