#pragma once

#include <cmath>

// Functions of one float without branches or library calls, so that loops over them become vector
// code and give the same bits on every machine.

namespace octolite {

// To the nearest integer, ties away from zero, as std::round.
inline float RoundHalfAway(float x) {
  const float whole = std::trunc(x);
  const float step = x < 0 ? -1.0f : 1.0f;
  return whole + (std::fabs(x - whole) >= 0.5f ? step : 0.0f);
}

}  // namespace octolite
