#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/thread_pool.h"

namespace octolite {

// Quantization of float activations while a model runs, for operators with float activations and
// int8 weights (dynamic range). One row at a time: a batch row of FULLY_CONNECTED, an image of a
// convolution.

enum class DynamicScheme : uint8_t {
  // Full int8 range with a zero point, as XNNPACK's qd8 kernels compute it, in float.
  kAsymmetricFloat,
  // Full int8 range with a zero point, as TFLite's kernels compute it, in double.
  kAsymmetricDouble,
  // [-127, 127] around zero: TFLite's kernels by default.
  kSymmetric,
};

// real = scale * (q - zero_point).
struct DynamicRow {
  float scale = 1;
  int32_t zero_point = 0;
};

// Writes `count` values to `quantized`. NaN is taken for zero; a row that is infinite somewhere is
// quantized to its zero point. The result does not depend on the number of threads.
DynamicRow QuantizeRow(DynamicScheme scheme, const float* values, size_t count, int8_t* quantized,
                       const Parallel& parallel = {});

// From accumulators back to float: clamp(acc * row scale * channel scale + bias, min, max).
struct DynamicOutput {
  std::vector<float> channel_scale;  // padded (PaddedChannels)
  float min = 0;
  float max = 0;

  // `acc` without the zero point's part; bias of the channel, or zero.
  float Dequantize(int32_t acc, float row_scale, size_t channel, float bias) const {
    const float value = static_cast<float>(acc) * row_scale * channel_scale[channel] + bias;
    return value < min ? min : (value > max ? max : value);
  }
};

}  // namespace octolite
