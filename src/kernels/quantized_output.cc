#include "kernels/quantized_output.h"

#include <cmath>

namespace octolite {

QuantizedOutput QuantizedOutput::Make(Rounding rounding, const OutputRange& range,
                                      std::span<const float> float_scales,
                                      std::span<const double> scales) {
  QuantizedOutput output;
  output.rounding = rounding;
  output.range = range;
  const size_t padded = PaddedChannels(scales.size());
  switch (rounding) {
    case Rounding::kFloat:
      output.float_scale.assign(float_scales.begin(), float_scales.end());
      output.float_scale.resize(padded);
      break;
    case Rounding::kDouble:
      output.double_scale.assign(scales.begin(), scales.end());
      output.double_scale.resize(padded);
      break;
    case Rounding::kFixedPoint:
    case Rounding::kFixedPointUp:
      output.multiplier.resize(padded);
      output.left.resize(padded);
      output.right.resize(padded);
      output.shift.resize(padded);
      for (size_t c = 0; c < scales.size(); ++c) {
        const FixedMultiplier fixed = QuantizeMultiplier(scales[c]);
        output.multiplier[c] = fixed.multiplier;
        output.shift[c] = fixed.shift;
        output.left[c] = fixed.shift > 0 ? int32_t{1} << fixed.shift : 1;
        output.right[c] = std::ldexp(1.0, fixed.shift > 0 ? 0 : fixed.shift);
      }
      break;
  }
  return output;
}

}  // namespace octolite
