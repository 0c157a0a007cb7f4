#include "quantize/weights.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "quantize/clipping.h"

namespace octolite {
namespace {

// Scales below this would make products of scales subnormal.
constexpr float kMinScale = 1e-18f;

using Bounds = WeightBounds::Bounds;

// The least scale at which codes reach both ends.
float SymmetricScale(const Bounds& bounds, const CodeRange& range) {
  return std::max(-bounds.min / static_cast<float>(-range.min),
                  bounds.max / static_cast<float>(range.max));
}

}  // namespace

WeightLayout WeightLayout::PerChannel(std::span<const int32_t> shape, int axis) {
  WeightLayout layout;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (static_cast<int>(i) == axis) {
      layout.groups = shape[i];
    } else if (static_cast<int>(i) < axis) {
      layout.outer *= shape[i];
    } else {
      layout.inner *= shape[i];
    }
  }
  return layout;
}

WeightLayout WeightLayout::Blockwise(std::span<const int32_t> shape, int32_t block_size) {
  WeightLayout layout;
  for (const int32_t dim : shape) layout.groups *= dim;
  layout.groups /= block_size;
  layout.inner = block_size;
  return layout;
}

CodeRange CodeRange::Of(const WeightConfig& config) {
  const int32_t top = (1 << (config.bits - 1)) - 1;
  return {config.symmetric && config.narrow_range ? -top : -top - 1, top};
}

DataType WeightType(int32_t bits) {
  if (bits == 4) return DataType::kInt4;
  return bits == 2 ? DataType::kInt2 : DataType::kInt8;
}

void WeightBounds::Add(std::span<const float> values, size_t first) {
  ForEachRun(values, layout_, first, [&](size_t group, size_t, std::span<const float> run) {
    Bounds& bounds = groups_[group];
    for (const float value : run) {
      bounds.min = std::min(bounds.min, value);
      bounds.max = std::max(bounds.max, value);
    }
  });
}

Result<WeightParams> WidestWeightParams(const WeightBounds& of, const WeightConfig& config) {
  const CodeRange range = CodeRange::Of(config);
  const std::span<const Bounds> bounds = of.groups();
  WeightParams params;
  params.scales.reserve(bounds.size());
  if (!config.symmetric) {
    const auto steps = static_cast<float>(range.max - range.min);
    for (const Bounds& group : bounds) {
      const float span = group.max - group.min;
      if (!std::isfinite(span)) {
        return Status(StatusCode::kInvalidArgument, "ranges over [" + std::to_string(group.min) +
                                                        ", " + std::to_string(group.max) +
                                                        "], which integers cannot stand for");
      }
      const float scale = span == 0 ? 1.0f / steps : std::max(span / steps, kMinScale);
      const float zero_point = std::nearbyint(static_cast<float>(range.min) - group.min / scale);
      params.scales.push_back(scale);
      params.zero_points.push_back(static_cast<int32_t>(
          std::clamp(zero_point, static_cast<float>(range.min), static_cast<float>(range.max))));
    }
    return params;
  }
  float widest = 0;
  for (const Bounds& group : bounds) widest = std::max(widest, SymmetricScale(group, range));
  if (widest == 0) widest = 1.0f / static_cast<float>(range.max);
  for (const Bounds& group : bounds) {
    const float scale = SymmetricScale(group, range);
    params.scales.push_back(std::max(scale == 0 ? widest : scale, kMinScale));
  }
  return params;
}

Result<WeightParams> ChooseWeightParams(std::span<const float> values, const WeightLayout& layout,
                                        const WeightConfig& config) {
  WeightBounds bounds(layout);
  bounds.Add(values, 0);
  Result<WeightParams> params = WidestWeightParams(bounds, config);
  if (params.ok() && config.symmetric && config.clipping != WeightClipping::kMinMax) {
    ClipScales(values, layout, CodeRange::Of(config), config.clipping, params->scales);
  }
  return params;
}

std::vector<int8_t> WeightCodes(std::span<const float> values, const WeightLayout& layout,
                                const WeightParams& params, const CodeRange& range, size_t first) {
  std::vector<int8_t> codes(values.size());
  const auto low = static_cast<float>(range.min);
  const auto high = static_cast<float>(range.max);
  ForEachRun(values, layout, first, [&](size_t group, size_t at, std::span<const float> run) {
    const float scale = params.scales[group];
    const float zero_point =
        params.zero_points.empty() ? 0.0f : static_cast<float>(params.zero_points[group]);
    for (size_t i = 0; i < run.size(); ++i) {
      const float q = std::nearbyint(run[i] / scale) + zero_point;
      codes[at + i] = static_cast<int8_t>(std::clamp(q, low, high));
    }
  });
  return codes;
}

std::vector<uint8_t> PackCodes(std::span<const int8_t> codes, int32_t bits) {
  const size_t per_byte = 8 / static_cast<size_t>(bits);
  const unsigned mask = (1u << bits) - 1;
  std::vector<uint8_t> bytes((codes.size() + per_byte - 1) / per_byte);
  for (size_t i = 0; i < codes.size(); ++i) {
    const unsigned code = static_cast<unsigned>(codes[i]) & mask;
    const size_t shift = (i % per_byte) * static_cast<size_t>(bits);
    bytes[i / per_byte] = static_cast<uint8_t>(bytes[i / per_byte] | (code << shift));
  }
  return bytes;
}

}  // namespace octolite
