#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/data_type.h"
#include "base/status.h"
#include "quantize/config.h"

namespace octolite {

// How weights become integers: codes q in [qmin, qmax], w = scale * (q - zero_point).

// Where the values that share a scale lie in memory: [outer, groups, inner], all those of one index
// of the middle. Per tensor: one group. Blocks of the last axis: outer 1.
struct WeightLayout {
  int64_t outer = 1;
  int64_t groups = 1;
  int64_t inner = 1;

  // One group for each index of `axis`, which must be in the shape; -1: one for all.
  static WeightLayout PerChannel(std::span<const int32_t> shape, int axis);
  // `block_size` must divide the last dimension.
  static WeightLayout Blockwise(std::span<const int32_t> shape, int32_t block_size);
};

struct CodeRange {
  int32_t min = 0;
  int32_t max = 0;

  static CodeRange Of(const WeightConfig& config);
};

DataType WeightType(int32_t bits);

// f(group, position, values) for each run of values of one group. `values` are those of a tensor
// from element `first` on; positions count from it.
template <typename F>
void ForEachRun(std::span<const float> values, const WeightLayout& layout, size_t first, F f) {
  const auto inner = static_cast<size_t>(layout.inner);
  const auto groups = static_cast<size_t>(layout.groups);
  if (values.empty()) return;
  size_t group = first / inner % groups;
  size_t count = inner - first % inner;
  for (size_t at = 0; at < values.size(); at += count, count = inner) {
    count = std::min(count, values.size() - at);
    f(group, at, values.subspan(at, count));
    if (++group == groups) group = 0;
  }
}

struct WeightParams {
  std::vector<float> scales;         // by group
  std::vector<int32_t> zero_points;  // by group; empty: all 0
};

// The least and the largest value of each group, and 0.
class WeightBounds {
 public:
  struct Bounds {
    float min = 0;
    float max = 0;
  };

  explicit WeightBounds(const WeightLayout& layout)
      : layout_(layout), groups_(static_cast<size_t>(layout.groups)) {}
  // Values of the tensor, from element `first` on.
  void Add(std::span<const float> values, size_t first);
  std::span<const Bounds> groups() const { return groups_; }

 private:
  WeightLayout layout_;
  std::vector<Bounds> groups_;
};

// The parameters of each group without clipping. A symmetric group of zeros gets the scale
// of the whole tensor, as any does. INVALID_ARGUMENT for a span that does not fit float32.
Result<WeightParams> WidestWeightParams(const WeightBounds& bounds, const WeightConfig& config);

// The parameters of each group by the config's clipping; INVALID_ARGUMENT as above.
Result<WeightParams> ChooseWeightParams(std::span<const float> values, const WeightLayout& layout,
                                        const WeightConfig& config);

// q = clamp(rint(w / scale) + zero_point), in the order of the values, which are those of the
// tensor from element `first` on.
std::vector<int8_t> WeightCodes(std::span<const float> values, const WeightLayout& layout,
                                const WeightParams& params, const CodeRange& range,
                                size_t first = 0);

// The bytes of a tensor of 8, 4 or 2 bits: packed from the low end of each byte.
std::vector<uint8_t> PackCodes(std::span<const int8_t> codes, int32_t bits);

}  // namespace octolite
