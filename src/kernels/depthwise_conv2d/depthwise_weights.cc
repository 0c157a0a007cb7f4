#include "kernels/depthwise_conv2d/depthwise_weights.h"

#include <cstring>

namespace octolite::depthwise {
namespace {

// Calls put(index into the packed weights, weight, channel) for every one of them.
template <typename T, typename Put>
void ForEachWeight(const WeightsLayout& layout, const T* weights, const Put& put) {
  for (int64_t y = 0; y < layout.window_h; ++y) {
    for (int64_t x = 0; x < layout.window_w; ++x) {
      for (int64_t c = 0; c < layout.channels; ++c) {
        const int64_t position = (c / 4 * layout.steps + y / layout.step_rows) * layout.window_w;
        put(((position + x) * 4 + c % 4) * layout.step_rows + y % layout.step_rows, *weights++, c);
      }
    }
  }
}

template <typename Packed, typename T>
void PackBytes(const WeightsLayout& layout, const T* weights, uint8_t* packed) {
  auto* values = reinterpret_cast<Packed*>(packed);
  auto* sums = reinterpret_cast<int32_t*>(packed + layout.sums_offset());
  ForEachWeight(layout, weights, [&](int64_t index, T weight, int64_t channel) {
    const int32_t value = int32_t{weight} - layout.weight_zero_point;
    values[index] = static_cast<Packed>(value);
    sums[channel] += value;
  });
}

int64_t StepRows(bool is_float, simd::DotKind dot) {
  if (is_float) return 1;
  return dot == simd::DotKind::kDot16 ? 2 : 4;
}

}  // namespace

WeightsLayout::WeightsLayout(const WindowGeometry& window, int64_t output_channels,
                             DataType weights_type, int32_t zero_point)
    : type(weights_type),
      weight_zero_point(zero_point),
      // Less a zero point, weights no longer fit 8 bits.
      dot(weights_type == DataType::kInt8 && zero_point == 0 ? simd::ProbeDotKind()
                                                             : simd::DotKind::kDot16),
      step_rows(StepRows(is_float(), dot)),
      window_h(window.window_h),
      window_w(window.window_w),
      steps((window_h + step_rows - 1) / step_rows),
      channels(output_channels),
      blocks((channels + kBlock - 1) / kBlock) {}

void PackWeights(const WeightsLayout& layout, const void* weights, uint8_t* packed) {
  std::memset(packed, 0, static_cast<size_t>(layout.bytes()));
  if (layout.is_float()) {
    auto* values = reinterpret_cast<float*>(packed);
    ForEachWeight(layout, static_cast<const float*>(weights),
                  [&](int64_t index, float weight, int64_t) { values[index] = weight; });
  } else if (layout.dot != simd::DotKind::kDot16) {
    PackBytes<int8_t>(layout, static_cast<const int8_t*>(weights), packed);
  } else if (layout.type == DataType::kInt8) {
    PackBytes<int16_t>(layout, static_cast<const int8_t*>(weights), packed);
  } else {
    PackBytes<int16_t>(layout, static_cast<const uint8_t*>(weights), packed);
  }
}

}  // namespace octolite::depthwise
