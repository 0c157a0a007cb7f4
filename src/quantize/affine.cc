#include "quantize/affine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace octolite {
namespace {

// Scales below this would make products of scales subnormal.
constexpr float kMinScale = 1e-18f;
constexpr float kMinBiasScale = 1e-30f;

struct Limits {
  float min;
  float max;
};

Limits LimitsOf(DataType type) {
  switch (type) {
    case DataType::kInt16:
      return {-32768.0f, 32767.0f};
    case DataType::kUInt8:
      return {0.0f, 255.0f};
    default:
      return {-128.0f, 127.0f};
  }
}

template <typename T>
void Quantize(std::span<const float> values, const Form& form, std::vector<uint8_t>& bytes) {
  const Limits limits = LimitsOf(form.type);
  const auto zero_point = static_cast<float>(form.params.zero_point);
  bytes.resize(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const float q = std::nearbyint(values[i] / form.params.scale) + zero_point;
    const auto code = static_cast<T>(std::clamp(q, limits.min, limits.max));
    std::memcpy(bytes.data() + i * sizeof(T), &code, sizeof(T));
  }
}

template <typename T>
void RoundBias(std::span<const float> bias, std::span<const float> scales, double limit,
               std::vector<uint8_t>& bytes) {
  bytes.resize(bias.size() * sizeof(T));
  for (size_t i = 0; i < bias.size(); ++i) {
    const float scale = scales[scales.size() == 1 ? 0 : i];
    const double q = std::nearbyint(static_cast<double>(bias[i] / scale));
    const auto code = static_cast<T>(std::clamp(q, -limit, limit));
    std::memcpy(bytes.data() + i * sizeof(T), &code, sizeof(T));
  }
}

}  // namespace

Result<Form> FormForRange(const Range& range, DataType type, bool symmetric) {
  const float span = range.max - range.min;
  if (!std::isfinite(span)) {
    return Status(StatusCode::kInvalidArgument, "ranges over [" + std::to_string(range.min) + ", " +
                                                    std::to_string(range.max) +
                                                    "], which integers cannot stand for");
  }
  const Limits limits = LimitsOf(type);
  if (symmetric || type == DataType::kInt16) {
    const float bound = span == 0 ? 1.0f : std::max(-range.min, range.max);
    return Form{type, {std::max(bound / limits.max, kMinScale), 0}};
  }
  if (span == 0) return Form{type, {1.0f / 255.0f, static_cast<int32_t>(limits.min)}};
  const float scale = std::max(span / 255.0f, kMinScale);
  const float zero_point = std::nearbyint(limits.min - range.min / scale);
  return Form{type, {scale, static_cast<int32_t>(std::clamp(zero_point, limits.min, limits.max))}};
}

Form UInt8Form(const AffineParams& int8_params) {
  return {DataType::kUInt8, {int8_params.scale, int8_params.zero_point + 128}};
}

Range RangeOfForm(const Form& form) {
  const Limits limits = LimitsOf(form.type);
  const auto zero_point = static_cast<float>(form.params.zero_point);
  return {form.params.scale * (limits.min - zero_point),
          form.params.scale * (limits.max - zero_point)};
}

Quantization ToQuantization(const AffineParams& params) {
  Quantization quantization;
  quantization.scale = {params.scale};
  quantization.zero_point = {params.zero_point};
  return quantization;
}

std::optional<Quantization> ToQuantization(const Form& form) {
  if (form.type == DataType::kFloat32) return std::nullopt;
  return ToQuantization(form.params);
}

std::vector<uint8_t> QuantizeActivations(std::span<const float> values, const Form& form) {
  std::vector<uint8_t> bytes;
  if (form.type == DataType::kInt16) {
    Quantize<int16_t>(values, form, bytes);
  } else {
    Quantize<int8_t>(values, form, bytes);
  }
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

QuantizedBias QuantizeBias(std::span<const float> bias, float input_scale,
                           std::span<const float> weight_scales, DataType type) {
  QuantizedBias quantized;
  for (const float scale : weight_scales) quantized.scales.push_back(input_scale * scale);
  if (type == DataType::kInt64) {
    // As far as the accumulator of 16-bit activations reaches in every kernel.
    RoundBias<int64_t>(bias, quantized.scales, 0x1p47, quantized.bytes);
  } else {
    RoundBias<int32_t>(bias, quantized.scales, 2147483647.0, quantized.bytes);
  }
  return quantized;
}

}  // namespace octolite
