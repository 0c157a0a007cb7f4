#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octolite {

// How often the finite values of a stream fell where, in bins whose width is a power of two and
// whose edges are multiples of it: bin i counts values in [i * width, (i + 1) * width). When a
// value falls outside, the width doubles and neighbouring bins join, which loses nothing that a
// histogram made with the wider bins from the start would have known. So the state depends on the
// values alone: not on their order, nor on how they were split over histograms that were merged
// later.
class Histogram {
 public:
  static constexpr int kBinsPerSide = 2048;
  static constexpr int kMinExponent = -126;  // the width is at least the smallest normal float

  // `values` must be finite.
  void Add(std::span<const float> values);
  // The same for a caller who knows the smallest and the largest of them.
  void Add(std::span<const float> values, float min, float max);
  void Merge(const Histogram& other);

  uint64_t total() const;
  bool empty() const { return counts_.empty(); }
  // The width of a bin is 2^exponent.
  int exponent() const { return exponent_; }
  double width() const;
  // Counts of bins -kBinsPerSide to kBinsPerSide - 1; no element at all before the first value.
  std::span<const uint64_t> counts() const { return counts_; }

  // A histogram as it was saved. `counts` has 0 or 2 * kBinsPerSide elements.
  static Histogram FromParts(int exponent, std::vector<uint64_t> counts);

  bool operator==(const Histogram&) const = default;

 private:
  void WidenTo(int exponent);

  int exponent_ = kMinExponent;
  std::vector<uint64_t> counts_;
};

}  // namespace octolite
