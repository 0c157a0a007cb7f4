#pragma once

#include <cstdint>

namespace octolite {

// A grid of real numbers: min, min + step, ..., max.
struct FakeQuantGrid {
  float min = 0;
  float max = 0;
  float step = 1;
};

// The grid of `bits` (2 to 16) that covers [min, max] (min <= 0 <= max, min < max), moved so that
// zero lies on it.
FakeQuantGrid MakeFakeQuantGrid(float min, float max, int bits);

// out[i] = the value of the grid nearest to in[i], ties away from the grid's minimum.
void FakeQuantize(const FakeQuantGrid& grid, const float* in, float* out, int64_t count);

}  // namespace octolite
