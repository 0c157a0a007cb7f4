#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/requantize.h"

namespace octolite {

// Length of a list with an entry for each channel, of which eight can be loaded from any on.
inline constexpr size_t PaddedChannels(size_t channels) { return (channels + 15) / 8 * 8; }

// How the accumulators of a convolution or matrix product become 8-bit (or 16-bit) output: one
// scale for each output channel, in the form that the rounding needs. Lists are padded with zeros
// (PaddedChannels), so that loads of eight from any channel on stay inside.
struct QuantizedOutput {
  Rounding rounding = Rounding::kFloat;
  OutputRange range;
  std::vector<float> float_scale;    // kFloat
  std::vector<double> double_scale;  // kDouble
  // kFixedPoint, kFixedPointUp: multiplier, 2^max(shift, 0), 2^min(shift, 0), and the shift itself.
  std::vector<int32_t> multiplier;
  std::vector<int32_t> left;
  std::vector<double> right;
  std::vector<int32_t> shift;
  // kFixedPointUp: channels from this one on are rounded as kFixedPoint does. A multiple of 8, for
  // kernels that come to it by eights.
  size_t first_away = SIZE_MAX;

  // `scales` are input scale * weight scale / output scale, as double and as the float that XNNPACK
  // computes; both as long as there are output channels.
  static QuantizedOutput Make(Rounding rounding, const OutputRange& range,
                              std::span<const float> float_scales, std::span<const double> scales);

  int32_t Requantize(int32_t acc, size_t channel) const {
    switch (rounding) {
      case Rounding::kFloat:
        return RequantizeFloat(acc, float_scale[channel], range);
      case Rounding::kFixedPointUp:
        if (channel < first_away) {
          return RequantizeFixedPointUp(acc, {multiplier[channel], shift[channel]}, range);
        }
        [[fallthrough]];
      case Rounding::kFixedPoint:
        return RequantizeFixedPoint(acc, {multiplier[channel], shift[channel]}, range);
      case Rounding::kDouble:
        return RequantizeDouble(acc, double_scale[channel], range);
    }
    return 0;
  }

  // For accumulators of 64 bits, as int16 activations have; not with kFloat.
  int32_t RequantizeWide(int64_t acc, size_t channel) const {
    return rounding == Rounding::kDouble
               ? RequantizeDouble(acc, double_scale[channel], range)
               : RequantizeFixedPointWide(acc, {multiplier[channel], shift[channel]}, range);
  }
};

}  // namespace octolite
