#include "kernels/dynamic_quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace octolite {
namespace {

struct Range {
  float min = 0;
  float max = 0;
};

// Of the values and zero; NaN does not count.
Range FindRange(const float* values, size_t count) {
  Range range;
  for (size_t i = 0; i < count; ++i) {
    range.min = values[i] < range.min ? values[i] : range.min;
    range.max = values[i] > range.max ? values[i] : range.max;
  }
  return range;
}

int8_t ToInt8(float rounded, float low) {
  if (!(rounded > low)) return static_cast<int8_t>(low);
  return static_cast<int8_t>(std::min(rounded, 127.0f));
}

DynamicRow AsymmetricFloat(const float* values, size_t count, Range range, int8_t* quantized) {
  const float inverse = 255.0f / (range.max - range.min);
  const float low = range.min * inverse;
  const float high = range.max * inverse;
  const float from_low = -128.0f - low;
  const float from_high = 127.0f - high;
  // The bound that is farther out keeps the smaller error.
  const float zero_point = (-128.0f + low) + (127.0f + high) > 0 ? from_low : from_high;
  const float nudged = std::nearbyint(std::clamp(zero_point, -128.0f, 127.0f));
  for (size_t i = 0; i < count; ++i) {
    const float scaled = values[i] * inverse;
    const float rounded = std::isnan(scaled) ? 0.0f : std::nearbyint(scaled);
    quantized[i] = ToInt8(rounded + nudged, -128.0f);
  }
  return {1.0f / inverse, static_cast<int32_t>(nudged)};
}

DynamicRow AsymmetricDouble(const float* values, size_t count, Range range, int8_t* quantized) {
  const double min = range.min;
  const double max = range.max;
  const double scale = (max - min) / 255.0;
  const double from_min = -128.0 - min / scale;
  const double from_max = 127.0 - max / scale;
  const double zero_point =
      128.0 + std::abs(min / scale) < 127.0 + std::abs(max / scale) ? from_min : from_max;
  const auto nudged = static_cast<float>(std::round(std::clamp(zero_point, -128.0, 127.0)));
  const auto float_scale = static_cast<float>(scale);
  const float inverse = 1.0f / float_scale;
  for (size_t i = 0; i < count; ++i) {
    const float value = std::isnan(values[i]) ? 0.0f : values[i];
    quantized[i] = ToInt8(std::round(nudged + value * inverse), -128.0f);
  }
  return {float_scale, static_cast<int32_t>(nudged)};
}

DynamicRow Symmetric(const float* values, size_t count, Range range, int8_t* quantized) {
  const float bound = std::max(-range.min, range.max);
  const float inverse = 127.0f / bound;
  for (size_t i = 0; i < count; ++i) {
    const float value = std::isnan(values[i]) ? 0.0f : values[i];
    quantized[i] = ToInt8(std::round(value * inverse), -127.0f);
  }
  return {bound / 127.0f, 0};
}

}  // namespace

DynamicRow QuantizeRow(DynamicScheme scheme, const float* values, size_t count, int8_t* quantized) {
  const Range range = FindRange(values, count);
  const float span = range.max - range.min;
  // Nothing to scale by: all zero, so small that the inverse overflows, or infinite.
  if (!(span > 0) || !std::isfinite(255.0f / span) || !std::isfinite(span)) {
    std::memset(quantized, 0, count);
    return {};
  }
  switch (scheme) {
    case DynamicScheme::kAsymmetricFloat:
      return AsymmetricFloat(values, count, range, quantized);
    case DynamicScheme::kAsymmetricDouble:
      return AsymmetricDouble(values, count, range, quantized);
    case DynamicScheme::kSymmetric:
      return Symmetric(values, count, range, quantized);
  }
  return {};
}

}  // namespace octolite
