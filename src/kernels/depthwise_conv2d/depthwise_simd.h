#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "kernels/depthwise_conv2d/depthwise_weights.h"
#include "kernels/gemm/result.h"

namespace octolite::depthwise {

// What the kernels for 8 bits and float have in common.
struct SimdRun {
  const DepthwiseConv2dShape& shape;
  const WeightsLayout& layout;
  const void* input = nullptr;
  const uint8_t* packed = nullptr;  // weights, as PackWeights wrote them
  uint8_t* scratch = nullptr;       // 64-byte aligned
  const Parallel& parallel;
};

// Bytes of scratch memory that the kernels need.
int64_t SimdScratch(const DepthwiseConv2dShape& shape, const WeightsLayout& layout, int threads);

// The input has the type that the result wants.
template <typename T>
void RunS8(const SimdRun& run, const QuantizedResult<T>& result);
void RunS8(const SimdRun& run, const DynamicResult& result);
void RunF32(const SimdRun& run, const FloatResult& result);

}  // namespace octolite::depthwise
