#pragma once

#include <cstdint>

#include "base/data_type.h"
#include "kernels/simd/dot_kind.h"
#include "kernels/window.h"

namespace octolite::depthwise {

// Channels that the kernels take at a time, in two halves of four.
inline constexpr int64_t kBlock = 8;

// How the kernels see the window. Rows of it are taken in steps, so that a dot product adds up what
// is above one another: 2 rows where 8 bits are widened to 16, 4 with the relaxed dot product, 1 in
// float. Packed weights are
//
//   [block of 8 channels][half][step][window_w][4 channels][rows of a step]
//
// of 4 bytes for the rows of a step: a float, two int16, four int8; bytes less the zero point. Rows
// and channels beyond the last are zero. Weights of 8 bits are followed by the int32 sum of every
// channel.
struct WeightsLayout {
  WeightsLayout() = default;
  // `zero_point` is that of the weights.
  WeightsLayout(const WindowGeometry& window, int64_t output_channels, DataType weights_type,
                int32_t zero_point);

  bool is_float() const { return type == DataType::kFloat32; }
  // Of four channels.
  int64_t half_bytes() const { return steps * window_w * 16; }
  int64_t sums_offset() const { return blocks * 2 * half_bytes(); }
  int64_t bytes() const {
    return (sums_offset() + (is_float() ? 0 : blocks * kBlock * 4) + 63) / 64 * 64;
  }

  DataType type = DataType::kFloat32;  // float32, int8 or uint8
  int32_t weight_zero_point = 0;
  simd::DotKind dot = simd::DotKind::kDot16;
  int64_t step_rows = 1;
  int64_t window_h = 0, window_w = 0, steps = 0;
  int64_t channels = 0, blocks = 0;
};

// Before the rows, scratch memory has two values of 4 bytes for every channel, in whole blocks:
// what sums begin with, and the bias that is added to them as floats.
inline int64_t InitBytes(const WeightsLayout& layout) {
  return (layout.blocks * kBlock * 8 + 63) / 64 * 64;
}

// Writes layout.bytes() bytes.
void PackWeights(const WeightsLayout& layout, const void* weights, uint8_t* packed);

}  // namespace octolite::depthwise
