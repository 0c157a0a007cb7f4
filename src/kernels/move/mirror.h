#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/shape.h"

namespace octolite {

// Pads a dense tensor with its own elements, mirrored at its borders.
struct MirrorPlan {
  Shape input;
  Shape output;
  std::array<int32_t, Shape::kMaxRank> before = {};  // elements added in front
  // 1: the mirror lies on the border element; 0: beyond it, so that it is repeated.
  int border = 0;
  size_t element_bytes = 1;
};

// No side of the padding is larger than the input's dimension less `border`.
void RunMirror(const MirrorPlan& plan, const uint8_t* from, uint8_t* to);

}  // namespace octolite
