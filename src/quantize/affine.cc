#include "quantize/affine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace octolite {
namespace {

constexpr float kMaxInt8 = 127.0f;
constexpr float kMinInt8 = -128.0f;
// Scales below this would make products of scales subnormal.
constexpr float kMinScale = 1e-18f;
constexpr float kMinBiasScale = 1e-30f;

Status SpanError(const Range& range) {
  return Status(StatusCode::kInvalidArgument, "ranges over [" + std::to_string(range.min) + ", " +
                                                  std::to_string(range.max) +
                                                  "], which 8 bits cannot stand for");
}

uint8_t ToInt8(float value, float scale, float zero_point) {
  const float q = std::nearbyint(value / scale) + zero_point;
  return static_cast<uint8_t>(static_cast<int8_t>(std::clamp(q, kMinInt8, kMaxInt8)));
}

uint8_t ToNarrowInt8(float value, float scale) {
  const float q = std::nearbyint(value / scale);
  return static_cast<uint8_t>(static_cast<int8_t>(std::clamp(q, -kMaxInt8, kMaxInt8)));
}

// Calls f(channel, run) for each run of values of one channel that lie together.
template <typename F>
void ForEachRun(std::span<const float> values, const ChannelLayout& layout, F f) {
  const auto inner = static_cast<size_t>(layout.inner);
  size_t at = 0;
  for (int64_t o = 0; o < layout.outer; ++o) {
    for (int64_t c = 0; c < layout.channels; ++c, at += inner) {
      f(static_cast<size_t>(c), values.subspan(at, inner));
    }
  }
}

}  // namespace

Result<AffineParams> AsymmetricParams(const Range& range) {
  const float span = range.max - range.min;
  if (!std::isfinite(span)) return SpanError(range);
  if (span == 0) return AffineParams{1.0f / 255.0f, -128};
  const float scale = std::max(span / 255.0f, kMinScale);
  const float zero_point = std::nearbyint(kMinInt8 - range.min / scale);
  return AffineParams{scale, static_cast<int32_t>(std::clamp(zero_point, kMinInt8, kMaxInt8))};
}

Result<AffineParams> SymmetricParams(const Range& range) {
  const float bound = std::max(-range.min, range.max);
  if (!std::isfinite(bound)) return SpanError(range);
  if (bound == 0) return AffineParams{1.0f / kMaxInt8, 0};
  return AffineParams{std::max(bound / kMaxInt8, kMinScale), 0};
}

Quantization ToQuantization(const AffineParams& params) {
  Quantization quantization;
  quantization.scale = {params.scale};
  quantization.zero_point = {params.zero_point};
  return quantization;
}

std::vector<uint8_t> QuantizeToInt8(std::span<const float> values, const AffineParams& params) {
  std::vector<uint8_t> bytes(values.size());
  const auto zero_point = static_cast<float>(params.zero_point);
  for (size_t i = 0; i < values.size(); ++i) bytes[i] = ToInt8(values[i], params.scale, zero_point);
  return bytes;
}

Result<Range> RangeOf(std::span<const float> values) {
  Range range;
  for (const float value : values) {
    if (!std::isfinite(value)) {
      return Status(StatusCode::kInvalidArgument, "holds values that are not finite");
    }
    range.min = std::min(range.min, value);
    range.max = std::max(range.max, value);
  }
  return range;
}

ChannelLayout ChannelLayout::Of(std::span<const int32_t> shape, int axis) {
  ChannelLayout layout;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (static_cast<int>(i) == axis) {
      layout.channels = shape[i];
    } else if (static_cast<int>(i) < axis) {
      layout.outer *= shape[i];
    } else {
      layout.inner *= shape[i];
    }
  }
  return layout;
}

std::vector<float> SymmetricScales(std::span<const float> weights, const ChannelLayout& layout) {
  std::vector<float> bounds(static_cast<size_t>(layout.channels));
  ForEachRun(weights, layout, [&](size_t channel, std::span<const float> run) {
    for (const float value : run) {
      bounds[channel] = std::max(bounds[channel], std::fabs(value));
    }
  });
  float widest = 0;
  for (const float bound : bounds) widest = std::max(widest, bound);
  if (widest == 0) widest = 1;
  for (float& bound : bounds) {
    bound = std::max((bound == 0 ? widest : bound) / kMaxInt8, kMinScale);
  }
  return bounds;
}

void WidenForBias(std::span<const float> bias, float input_scale, std::vector<float>& scales) {
  constexpr double kHalfOfInt32 = 0x1p30 - 1;
  const auto widen = [&](float& scale, float value) {
    const double least = std::max(std::fabs(static_cast<double>(value)) / kHalfOfInt32,
                                  static_cast<double>(kMinBiasScale)) /
                         static_cast<double>(input_scale);
    // The next float up: rounding down would leave the bias just outside.
    if (static_cast<double>(scale) < least) {
      scale = std::nextafter(static_cast<float>(least), std::numeric_limits<float>::infinity());
    }
  };
  for (float& scale : scales) widen(scale, 0);
  for (size_t i = 0; i < bias.size(); ++i) widen(scales[scales.size() == 1 ? 0 : i], bias[i]);
}

std::vector<uint8_t> QuantizeSymmetric(std::span<const float> weights, const ChannelLayout& layout,
                                       std::span<const float> scales) {
  std::vector<uint8_t> bytes;
  bytes.reserve(weights.size());
  ForEachRun(weights, layout, [&](size_t channel, std::span<const float> run) {
    for (const float value : run) bytes.push_back(ToNarrowInt8(value, scales[channel]));
  });
  return bytes;
}

Result<std::vector<AffineParams>> AsymmetricChannelParams(std::span<const float> weights,
                                                          const ChannelLayout& layout) {
  std::vector<Range> ranges(static_cast<size_t>(layout.channels));
  ForEachRun(weights, layout, [&](size_t channel, std::span<const float> run) {
    for (const float value : run) {
      ranges[channel].min = std::min(ranges[channel].min, value);
      ranges[channel].max = std::max(ranges[channel].max, value);
    }
  });
  std::vector<AffineParams> params;
  params.reserve(ranges.size());
  for (const Range& range : ranges) {
    OCTO_ASSIGN_OR_RETURN(AffineParams channel, AsymmetricParams(range));
    params.push_back(channel);
  }
  return params;
}

std::vector<uint8_t> QuantizeAsymmetric(std::span<const float> weights, const ChannelLayout& layout,
                                        std::span<const AffineParams> params) {
  std::vector<uint8_t> bytes;
  bytes.reserve(weights.size());
  ForEachRun(weights, layout, [&](size_t channel, std::span<const float> run) {
    const auto zero_point = static_cast<float>(params[channel].zero_point);
    for (const float value : run) bytes.push_back(ToInt8(value, params[channel].scale, zero_point));
  });
  return bytes;
}

QuantizedBias QuantizeBias(std::span<const float> bias, float input_scale,
                           std::span<const float> weight_scales) {
  QuantizedBias quantized;
  for (const float scale : weight_scales) quantized.scales.push_back(input_scale * scale);
  std::vector<int32_t> values;
  values.reserve(bias.size());
  for (size_t i = 0; i < bias.size(); ++i) {
    const float scale = quantized.scales[quantized.scales.size() == 1 ? 0 : i];
    const double q = std::nearbyint(static_cast<double>(bias[i] / scale));
    values.push_back(static_cast<int32_t>(
        std::clamp(q, -2147483647.0, static_cast<double>(std::numeric_limits<int32_t>::max()))));
  }
  quantized.bytes.resize(values.size() * sizeof(int32_t));
  if (!values.empty()) std::memcpy(quantized.bytes.data(), values.data(), quantized.bytes.size());
  return quantized;
}

}  // namespace octolite
