#pragma once

#include <array>
#include <cstdint>

#include "base/shape.h"

namespace octolite {

// A condition and two operands broadcast to an output: like BroadcastPlan, for three.
struct SelectPlan {
  int rank = 0;
  std::array<int64_t, Shape::kMaxRank> dims = {};
  std::array<std::array<int64_t, Shape::kMaxRank>, 3> strides = {};
};

// Shapes are aligned at their last dimensions; each dimension of the operands is 1 or the output's.
SelectPlan MakeSelectPlan(const Shape& condition, const Shape& x, const Shape& y,
                          const Shape& output);

// out = condition != 0 ? x : y, for elements of 1, 2, 4 and 8 bytes: uint8, uint16, uint32, uint64.
template <typename T>
void Select(const SelectPlan& plan, const uint8_t* condition, const T* x, const T* y, T* out);

}  // namespace octolite
