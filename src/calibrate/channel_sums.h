#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace octolite {

// A sum of real numbers in fixed point, 64 bits before and 64 behind the point (a resolution of
// 2^-64), so that it does not depend on the order of what was added.
struct FixedSum {
  uint64_t whole = 0;  // two's complement
  uint64_t fraction = 0;

  // What is behind the last bit is cut off; `value` is finite and below 2^62 in magnitude.
  void Add(double value);
  void Add(const FixedSum& other);
  double ToDouble() const;
  bool operator==(const FixedSum&) const = default;
};

// The mean of each channel of a tensor, which bias correction compares before and after
// quantization. A channel is a place along the last axis. Each sample's sums are taken in double,
// in the order in which the values lie, and added in fixed point, so that the state does not
// depend on the order of the samples, nor on how they were split.
class ChannelSums {
 public:
  static constexpr int64_t kMaxChannels = 8192;

  // Rows of `channels` values, all of them ordinary. A tensor has no sums when `channels` is not in
  // [1, kMaxChannels], is not always the same, or when sums are beyond fixed point: they are
  // dropped then, for good.
  void Add(std::span<const float> values, int64_t channels);
  void Merge(const ChannelSums& other);

  // How many values of each channel were added.
  uint64_t rows() const { return rows_; }
  // Empty before the first value and when dropped.
  std::span<const FixedSum> sums() const { return sums_; }
  bool dropped() const { return dropped_; }
  // By channel; none where there are no sums.
  std::vector<double> Means() const;

  // Sums as they were saved.
  static ChannelSums FromParts(uint64_t rows, std::vector<FixedSum> sums, bool dropped);

  bool operator==(const ChannelSums&) const = default;

 private:
  void Drop();

  uint64_t rows_ = 0;
  bool dropped_ = false;
  std::vector<FixedSum> sums_;
};

}  // namespace octolite
