#pragma once

#include <algorithm>
#include <cstdint>
#include <variant>

#include "kernels/gemm/result.h"

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
void Run(const OutputSize& size, Taps taps, const void* input, const void* weights,
         const FloatResult& result) {
  const auto* x = static_cast<const float*>(input);
  const auto* w = static_cast<const float*>(weights);
  ForEachOutput(size, result.output, [&](int64_t b, int64_t y, int64_t x_out, int64_t oc) {
    float acc = 0;
    taps(b, y, x_out, oc, [&](int64_t in, int64_t weight) { acc += x[in] * w[weight]; });
    return std::clamp(acc + (result.bias ? result.bias[oc] : 0.0f), result.min, result.max);
  });
}

template <typename T, typename Taps>
void Run(const OutputSize& size, Taps taps, const void* input, const void* weights,
         const QuantizedResult<T>& result) {
  const auto* x = static_cast<const T*>(input);
  const auto* w = static_cast<const T*>(weights);
  ForEachOutput(size, result.output, [&](int64_t b, int64_t y, int64_t x_out, int64_t oc) {
    uint32_t acc = result.bias ? static_cast<uint32_t>(result.bias[oc]) : 0u;
    taps(b, y, x_out, oc, [&](int64_t in, int64_t weight) {
      acc += static_cast<uint32_t>((x[in] - result.input_zero_point) *
                                   (w[weight] - result.weight_zero_point));
    });
    return static_cast<T>(
        result.requantize->Requantize(static_cast<int32_t>(acc), static_cast<size_t>(oc)));
  });
}

template <typename Taps>
void Run(const OutputSize& size, Taps taps, const void* input, const void* weights,
         const DynamicResult& result) {
  const auto* x = static_cast<const int8_t*>(input);
  const auto* w = static_cast<const int8_t*>(weights);
  ForEachOutput(size, result.output, [&](int64_t b, int64_t y, int64_t x_out, int64_t oc) {
    const DynamicRow& row = result.params[b];
    uint32_t acc = 0;
    taps(b, y, x_out, oc, [&](int64_t in, int64_t weight) {
      acc += static_cast<uint32_t>((x[in] - row.zero_point) * w[weight]);
    });
    return result.dequantize->Dequantize(static_cast<int32_t>(acc), row.scale,
                                         static_cast<size_t>(oc),
                                         result.bias ? result.bias[oc] : 0.0f);
  });
}

template <typename Taps>
void Run(const OutputSize& size, Taps taps, const void* input, const void* weights,
         const WideResult& result) {
  const auto* x = static_cast<const int16_t*>(input);
  const auto with_weights = [&](const auto* w) {
    ForEachOutput(size, result.output, [&](int64_t b, int64_t y, int64_t x_out, int64_t oc) {
      int64_t acc = 0;
      taps(b, y, x_out, oc,
           [&](int64_t in, int64_t weight) { acc += int64_t{x[in]} * int64_t{w[weight]}; });
      return result.Value(acc, static_cast<size_t>(oc));
    });
  };
  if (result.weights_type == DataType::kInt16) {
    with_weights(static_cast<const int16_t*>(weights));
  } else {
    with_weights(static_cast<const int8_t*>(weights));
  }
}

template <typename Taps>
void Conv(const OutputSize& size, Taps taps, const void* input, const void* weights,
          const MatrixResult& result) {
  std::visit([&](const auto& r) { Run(size, taps, input, weights, r); }, result);
}

}  // namespace octolite::reference
