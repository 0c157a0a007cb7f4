#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/dynamic_quantize.h"
#include "kernels/quantized_output.h"

// The oracles of the convolution families: they differ only in which input meets which weight.
// `taps(b, y, x, oc, tap)` calls tap(input index, weight index) for every product of one output.

namespace octolite::reference {

struct OutputSize {
  int64_t batch = 0, h = 0, w = 0, c = 0;
};

// Calls value(b, y, x, oc) for every output in order and stores what it returns.
template <typename T, typename Value>
void ForEachOutput(const OutputSize& size, T* output, Value value) {
  for (int64_t b = 0; b < size.batch; ++b) {
    for (int64_t y = 0; y < size.h; ++y) {
      for (int64_t x = 0; x < size.w; ++x) {
        for (int64_t oc = 0; oc < size.c; ++oc) *output++ = value(b, y, x, oc);
      }
    }
  }
}

template <typename Taps>
void ConvFloat(const OutputSize& size, Taps taps, const float* input, const float* weights,
               const float* bias, float min, float max, float* output) {
  ForEachOutput(size, output, [&](int64_t b, int64_t y, int64_t x, int64_t oc) {
    float acc = 0;
    taps(b, y, x, oc, [&](int64_t in, int64_t weight) { acc += input[in] * weights[weight]; });
    return std::clamp(acc + (bias ? bias[oc] : 0.0f), min, max);
  });
}

// The accumulator wraps, as that of the SIMD kernels.
template <typename T, typename Taps>
void ConvQuantized(const OutputSize& size, Taps taps, const T* input, int32_t input_zero_point,
                   const T* weights, int32_t weight_zero_point, const int32_t* bias,
                   const QuantizedOutput& requantize, T* output) {
  ForEachOutput(size, output, [&](int64_t b, int64_t y, int64_t x, int64_t oc) {
    uint32_t acc = bias ? static_cast<uint32_t>(bias[oc]) : 0u;
    taps(b, y, x, oc, [&](int64_t in, int64_t weight) {
      acc += static_cast<uint32_t>((input[in] - input_zero_point) *
                                   (weights[weight] - weight_zero_point));
    });
    return static_cast<T>(
        requantize.Requantize(static_cast<int32_t>(acc), static_cast<size_t>(oc)));
  });
}

template <typename Taps>
void ConvDynamic(const OutputSize& size, Taps taps, const int8_t* input, const DynamicRow* rows,
                 const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                 float* output) {
  ForEachOutput(size, output, [&](int64_t b, int64_t y, int64_t x, int64_t oc) {
    uint32_t acc = 0;
    taps(b, y, x, oc, [&](int64_t in, int64_t weight) {
      acc += static_cast<uint32_t>((input[in] - rows[b].zero_point) * weights[weight]);
    });
    return dequantize.Dequantize(static_cast<int32_t>(acc), rows[b].scale, static_cast<size_t>(oc),
                                 bias ? bias[oc] : 0.0f);
  });
}

}  // namespace octolite::reference
