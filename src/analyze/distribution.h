#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace octolite {

// Histograms of two streams of values over the same bins, and how different they are: kBins of
// equal width over a range, and one for all that is beyond on either side. With the range of a
// quantized type, every bin holds whole steps, so that rounding alone moves nothing from bin to
// bin; clipping, shift and collapse do.
class DistributionPair {
 public:
  static constexpr size_t kBins = 128;

  // Before anything is added; `low` < `high`, both finite.
  void SetRange(double low, double high);
  bool has_range() const { return high_ > low_; }

  // Values that are not finite are left out.
  void Add(std::span<const float> reference, std::span<const float> value);

  // Kullback-Leibler divergence D(reference || value) in nats, 0 or more; 0 for the same
  // histogram. Half a count is added to every bin (Krichevsky and Trofimov, 1981), so that an empty
  // one does not make it infinite.
  double KlDivergence() const;
  // Share of the reference's values that lie beyond the range, 0 to 1.
  double BeyondRange() const;

 private:
  using Counts = std::array<uint64_t, kBins + 2>;
  void Count(std::span<const float> values, Counts& counts) const;

  double low_ = 0;
  double high_ = 0;
  Counts reference_ = {};
  Counts value_ = {};
};

}  // namespace octolite
