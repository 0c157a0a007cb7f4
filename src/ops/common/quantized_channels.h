#pragma once

#include <vector>

#include "ops/op_def.h"

namespace octolite {

// A tensor whose scale and zero point belong to a channel, or to all of it: runs of elements with
// the same ones, repeated over the channels and the outer indices.
struct QuantizedChannels {
  int64_t outer = 1;
  int64_t inner = 1;
  std::vector<float> scales;
  std::vector<int32_t> zero_points;

  // Calls f(count, scale, zero_point) for every run, in the order of the elements.
  template <typename F>
  void ForEachRun(F f) const {
    for (int64_t o = 0; o < outer; ++o) {
      for (size_t c = 0; c < scales.size(); ++c) {
        f(static_cast<size_t>(inner), scales[c], zero_points[c]);
      }
    }
  }
};

// The channels of `tensor`, of shape `shape`; per channel or, for types without a rule of their own
// for zero points, for the whole tensor.
Result<QuantizedChannels> ReadQuantizedChannels(const PrepareContext& ctx, const TensorSpec& tensor,
                                                const Shape& shape);

}  // namespace octolite
