#include "calibrate/channel_sums.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace octolite {
namespace {

// Adds to each lane the values of its place in the rows that `values` is made of; the last row may
// end early.
void SumLanes(std::span<const float> values, std::vector<double>& lanes) {
  const size_t width = lanes.size();
  double* const to = lanes.data();
  const float* from = values.data();
  size_t left = values.size();
  for (; left >= 4 * width; left -= 4 * width, from += 4 * width) {
    const float* const a = from;
    const float* const b = a + width;
    const float* const c = b + width;
    const float* const d = c + width;
    for (size_t i = 0; i < width; ++i) {
      to[i] += (static_cast<double>(a[i]) + static_cast<double>(b[i])) +
               (static_cast<double>(c[i]) + static_cast<double>(d[i]));
    }
  }
  while (left > 0) {
    const size_t part = std::min(left, width);
    for (size_t i = 0; i < part; ++i) to[i] += static_cast<double>(from[i]);
    from += part;
    left -= part;
  }
}

}  // namespace

void FixedSum::Add(double value) {
  const double magnitude = std::fabs(value);
  const double floor = std::floor(magnitude);
  FixedSum term{static_cast<uint64_t>(floor),
                static_cast<uint64_t>((magnitude - floor) * 18446744073709551616.0)};
  if (value < 0) {
    term.fraction = ~term.fraction + 1;
    term.whole = ~term.whole + (term.fraction == 0 ? 1 : 0);
  }
  Add(term);
}

void FixedSum::Add(const FixedSum& other) {
  fraction += other.fraction;
  whole += other.whole + (fraction < other.fraction ? 1 : 0);
}

double FixedSum::ToDouble() const {
  const bool negative = (whole >> 63) != 0;
  // Of the magnitude, as rounding the fraction of a small negative sum would lose it.
  const uint64_t low = negative ? ~fraction + 1 : fraction;
  const uint64_t high = negative ? ~whole + (low == 0 ? 1 : 0) : whole;
  const double magnitude = static_cast<double>(high) + static_cast<double>(low) * 0x1p-64;
  return negative ? -magnitude : magnitude;
}

void ChannelSums::Drop() {
  dropped_ = true;
  rows_ = 0;
  sums_.clear();
}

void ChannelSums::Add(std::span<const float> values, int64_t channels) {
  if (dropped_ || values.empty()) return;
  const auto count = static_cast<size_t>(channels);
  if (channels < 1 || channels > kMaxChannels || values.size() % count != 0 ||
      (!sums_.empty() && sums_.size() != count)) {
    Drop();
    return;
  }
  // With few channels several rows at a time, as loops over few values are slow.
  constexpr size_t kLanes = 16;
  const size_t repeats = count >= kLanes ? 1 : (kLanes + count - 1) / count;
  std::vector<double> lanes(count * repeats);
  SumLanes(values, lanes);
  sums_.resize(count);
  for (size_t channel = 0; channel < count; ++channel) {
    double sum = lanes[channel];
    for (size_t lane = channel + count; lane < lanes.size(); lane += count) sum += lanes[lane];
    constexpr double kLimit = 0x1p40;  // leaves room for millions of such samples
    if (!(std::fabs(sum) < kLimit)) {
      Drop();
      return;
    }
    sums_[channel].Add(sum);
  }
  rows_ += values.size() / count;
}

void ChannelSums::Merge(const ChannelSums& other) {
  if (dropped_ || (other.sums_.empty() && !other.dropped_)) return;
  if (other.dropped_ || (!sums_.empty() && sums_.size() != other.sums_.size())) {
    Drop();
    return;
  }
  sums_.resize(other.sums_.size());
  for (size_t i = 0; i < sums_.size(); ++i) sums_[i].Add(other.sums_[i]);
  rows_ += other.rows_;
}

std::vector<double> ChannelSums::Means() const {
  std::vector<double> means;
  means.reserve(sums_.size());
  for (const FixedSum& sum : sums_) {
    means.push_back(sum.ToDouble() / static_cast<double>(rows_));
  }
  return means;
}

ChannelSums ChannelSums::FromParts(uint64_t rows, std::vector<FixedSum> sums, bool dropped) {
  ChannelSums result;
  result.rows_ = rows;
  result.sums_ = std::move(sums);
  result.dropped_ = dropped;
  return result;
}

}  // namespace octolite
