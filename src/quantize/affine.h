#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "calibrate/observer.h"
#include "model/model.h"

namespace octolite {

// How real numbers become integers here. All arithmetic is float32 with ties rounded to even, so
// that the same input gives the same bytes as the LiteRT Quantizer writes.

// Parameters of a whole int8 tensor.
struct AffineParams {
  float scale = 0;
  int32_t zero_point = 0;
  bool operator==(const AffineParams&) const = default;
};

// int8 over the whole of [-128, 127]; `range` holds 0. INVALID_ARGUMENT when its span does not fit
// float32. A range of nothing but 0 gets the parameters of [0, 1].
Result<AffineParams> AsymmetricParams(const Range& range);

// Zero point 0 and [-127, 127].
Result<AffineParams> SymmetricParams(const Range& range);

Quantization ToQuantization(const AffineParams& params);

// q = clamp(rint(real / scale) + zero_point); infinities go to the ends.
std::vector<uint8_t> QuantizeToInt8(std::span<const float> values, const AffineParams& params);

// The range of finite values, widened to hold 0. INVALID_ARGUMENT when one is not finite.
Result<Range> RangeOf(std::span<const float> values);

// Where the channels of a tensor lie in memory: [outer, channels, inner]. Per tensor: one channel.
struct ChannelLayout {
  int64_t outer = 1;
  int64_t channels = 1;
  int64_t inner = 1;

  // `axis` -1: per tensor. The axis must be in the shape.
  static ChannelLayout Of(std::span<const int32_t> shape, int axis);
};

// Symmetric scales, absmax / 127 for each channel. A channel of zeros gets the scale of the whole
// tensor, as any does; a tensor of zeros 1 / 127.
std::vector<float> SymmetricScales(std::span<const float> weights, const ChannelLayout& layout);

// Widens the scales of channels where int32 would hold less than twice the bias at
// input_scale * scale, or where that product would be too small for a float.
void WidenForBias(std::span<const float> bias, float input_scale, std::vector<float>& scales);

// q = clamp(rint(weight / scale), -127, 127).
std::vector<uint8_t> QuantizeSymmetric(std::span<const float> weights, const ChannelLayout& layout,
                                       std::span<const float> scales);

// Asymmetric int8 over [-128, 127], parameters for each channel from its own range.
Result<std::vector<AffineParams>> AsymmetricChannelParams(std::span<const float> weights,
                                                          const ChannelLayout& layout);
std::vector<uint8_t> QuantizeAsymmetric(std::span<const float> weights, const ChannelLayout& layout,
                                        std::span<const AffineParams> params);

// int32 of scale input_scale * weight_scales[c]; one scale may serve all channels.
struct QuantizedBias {
  std::vector<float> scales;
  std::vector<uint8_t> bytes;
};
QuantizedBias QuantizeBias(std::span<const float> bias, float input_scale,
                           std::span<const float> weight_scales);

}  // namespace octolite
