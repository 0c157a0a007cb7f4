#include "kernels/quantize/fake_quant.h"

#include <algorithm>
#include <cmath>

namespace octolite {

FakeQuantGrid MakeFakeQuantGrid(float min, float max, int bits) {
  const auto highest = static_cast<float>((1 << bits) - 1);
  const float step = (max - min) / highest;
  const float zero = std::round(std::clamp(-min / step, 0.0f, highest));
  return {-zero * step, (highest - zero) * step, step};
}

void FakeQuantize(const FakeQuantGrid& grid, const float* in, float* out, int64_t count) {
  const float steps = 1.0f / grid.step;
  for (int64_t i = 0; i < count; ++i) {
    const float bounded = std::min(std::max(in[i], grid.min), grid.max);
    out[i] = std::round((bounded - grid.min) * steps) * grid.step + grid.min;
  }
}

}  // namespace octolite
