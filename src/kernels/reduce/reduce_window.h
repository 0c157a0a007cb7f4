#pragma once

#include <array>
#include <cstdint>

#include "base/shape.h"
#include "kernels/reduce/reduce.h"

namespace octolite {

// Windows that slide over a tensor of any rank, whose elements are `base_dilation` apart with holes
// between them, and which begins `before` places (fewer than none: cut off) behind the first
// window's corner. All in the input's dimensions.
struct ReduceWindowShape {
  using Numbers = std::array<int64_t, Shape::kMaxRank>;
  int rank = 0;
  Numbers input = {};
  Numbers output = {};
  Numbers window = {};
  Numbers stride = {};
  Numbers window_dilation = {};
  Numbers base_dilation = {};
  Numbers before = {};
};

// out = f(...f(init, in)..., in) over each window; holes and what is beside the tensor count as
// `init`. Integers wrap; any and all are those of numbers that are not 0. For int8, uint8, int16,
// int32, int64, float and double.
template <typename T>
void ReduceWindow(ReduceKind kind, const ReduceWindowShape& shape, const T* in, T init, T* out);

}  // namespace octolite
