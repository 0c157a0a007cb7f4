#pragma once

#include <cstdint>

#include "base/fixed_point.h"

namespace octolite {

// Layer normalization of `count` > 0 gate values in fixed point, in place: mean 0 and variance 1,
// times the factors, plus the bias, to Q3.12. A variance below 1 is taken for `variance_guard`.
// `scale` is of the factors, its shift at most 17.
void NormalizeGate(const int16_t* factors, const int32_t* bias, FixedMultiplier scale,
                   int32_t variance_guard, int64_t count, int16_t* values);

}  // namespace octolite
