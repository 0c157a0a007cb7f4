#include "base/fixed_point.h"

#include <cmath>

namespace octolite {

FixedMultiplier QuantizeMultiplier(double real) {
  if (real == 0.0) return {0, 0};
  if (!std::isfinite(real)) return {INT32_MAX, 30};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto fixed = static_cast<int64_t>(std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (fixed == (int64_t{1} << 31)) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) return {0, 0};
  if (shift > 30) return {INT32_MAX, 30};
  return {static_cast<int32_t>(fixed), shift};
}

}  // namespace octolite
