#include "calibrate/histogram.h"

#include <algorithm>
#include <array>
#include <bit>
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

// floor(value * per_width), where per_width is a power of two and the result an int: of a negative
// value one less than what the next float towards zero is cut off to. Quicker than floor(), whose
// argument would have to be a double, as small products are not exact in float.
int32_t FloorToInt(float value, float per_width) {
  const auto bits = std::bit_cast<int32_t>(value + 0.0f);  // no negative zero
  const int32_t sign = bits >> 31;                         // -1 or 0
  const auto magnitude = std::bit_cast<float>((bits & 0x7fffffff) + sign);
  return static_cast<int32_t>(magnitude * per_width) ^ sign;
}

// Adds to counts[0], counts[1], ... how many values are in the bins `first`, `first` + 1, ...,
// none of them outside.
void CountBins(std::span<const float> values, float per_width, int first,
               std::span<uint64_t> counts) {
  constexpr size_t kBlock = 512;
  std::array<int32_t, kBlock> bins;
  const auto find_bins = [&](std::span<const float> block) {
    for (size_t i = 0; i < block.size(); ++i) bins[i] = FloorToInt(block[i], per_width) - first;
  };
  if (values.size() < 2 * counts.size() + kBlock) {
    while (!values.empty()) {
      const size_t size = std::min(values.size(), kBlock);
      find_bins(values.first(size));
      for (size_t i = 0; i < size; ++i) ++counts[static_cast<size_t>(bins[i])];
      values = values.subspan(size);
    }
    return;
  }
  // Counting in four tables in turn: the same bin again and again, as rectified activations have
  // zeros, would wait for its count to be stored.
  constexpr size_t kTables = 4;
  constexpr size_t kMost = size_t{1} << 30;  // a table's counts have 32 bits
  std::vector<uint32_t> tables(kTables * counts.size());
  std::array<uint32_t*, kTables> table;
  for (size_t t = 0; t < kTables; ++t) table[t] = &tables[t * counts.size()];
  while (!values.empty()) {
    std::span<const float> part = values.first(std::min(values.size(), kMost));
    values = values.subspan(part.size());
    while (!part.empty()) {
      const size_t size = std::min(part.size(), kBlock);
      find_bins(part.first(size));
      size_t i = 0;
      for (; i + kTables <= size; i += kTables) {
        for (size_t t = 0; t < kTables; ++t) ++table[t][bins[i + t]];
      }
      for (; i < size; ++i) ++table[0][bins[i]];
      part = part.subspan(size);
    }
    for (size_t bin = 0; bin < counts.size(); ++bin) {
      for (size_t t = 0; t < kTables; ++t) counts[bin] += std::exchange(table[t][bin], 0u);
    }
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
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  Add(values, *min, *max);
}

void Histogram::Add(std::span<const float> values, float min, float max) {
  if (values.empty()) return;
  if (counts_.empty()) counts_.resize(2 * kBinsPerSide);
  const int exponent = ExponentFor(min, max, exponent_);
  if (exponent != exponent_) WidenTo(exponent);
  // A power of two in the range of float: exponents go from -126 to 117.
  const auto per_width = static_cast<float>(std::ldexp(1.0, -exponent_));
  const int first = FloorToInt(min, per_width);
  const int last = FloorToInt(max, per_width);
  CountBins(values, per_width, first,
            std::span(counts_).subspan(static_cast<size_t>(int64_t{first} + kBinsPerSide),
                                       static_cast<size_t>(int64_t{last} - first + 1)));
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
