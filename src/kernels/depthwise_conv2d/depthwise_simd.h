#pragma once

#include <cstdint>

#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "kernels/gemm/gemm.h"

namespace octolite::depthwise {

// 8-bit weights as the SIMD kernel reads them: taps in pairs (an odd last one with zeros), channels
// in blocks of eight, each less the zero point and widened to 16 bits, the two of a pair side by
// side: [block][pair][8 channels][2], then the int32 sum of every channel. Padding is zero.
struct PairLayout {
  explicit PairLayout(const DepthwiseConv2dShape& shape)
      : taps(int64_t{shape.window.window_h} * shape.window.window_w),
        pairs((taps + 1) / 2),
        channels(shape.output_c()),
        blocks((channels + 7) / 8) {}
  int64_t taps, pairs, channels, blocks;

  int64_t block_bytes() const { return pairs * 32; }
  int64_t sums_offset() const { return blocks * block_bytes(); }
  int64_t bytes() const { return (sums_offset() + blocks * 32 + 63) / 64 * 64; }
};

template <typename T>
void PackPairs(const PairLayout& layout, const T* weights, int32_t zero_point, uint8_t* packed);

// Bytes that RunSimd needs.
int64_t SimdScratch(const DepthwiseConv2dShape& shape);

// `packed` as PackPairs wrote it; scratch 64-byte aligned.
template <typename T>
void RunSimd(const DepthwiseConv2dShape& shape, const T* input, const uint8_t* packed,
             uint8_t padding, const QuantizedResult<T>& result, uint8_t* scratch);
void RunSimd(const DepthwiseConv2dShape& shape, const int8_t* input, const uint8_t* packed,
             uint8_t padding, const DynamicResult& result, uint8_t* scratch);
// `weights` as in the model.
void RunSimd(const DepthwiseConv2dShape& shape, const float* input, const float* weights,
             const FloatResult& result, uint8_t* scratch);

}  // namespace octolite::depthwise
