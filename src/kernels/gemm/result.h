#pragma once

#include <cstdint>
#include <variant>

#include "base/data_type.h"
#include "kernels/dynamic_quantize.h"
#include "kernels/quantized_output.h"

namespace octolite {

// What a convolution or product of matrices yields: the one thing in which the ways to compute it
// differ. Biases are null or hold a value for each output channel.

struct FloatResult {
  const float* bias = nullptr;
  float min = 0;
  float max = 0;
  float* output = nullptr;
};

// T: int8_t or uint8_t. The accumulator wraps at 32 bits.
template <typename T>
struct QuantizedResult {
  int32_t input_zero_point = 0;
  int32_t weight_zero_point = 0;
  const int32_t* bias = nullptr;
  const QuantizedOutput* requantize = nullptr;
  T* output = nullptr;
};

// int8 activations that stand for floats: params[0] says how, or params[m] for row m.
struct DynamicResult {
  const DynamicRow* params = nullptr;
  bool params_per_row = false;
  const float* bias = nullptr;
  const DynamicOutput* dequantize = nullptr;
  float* output = nullptr;
};

// int16 activations without zero point, int8 or int16 weights.
struct WideResult {
  DataType weights_type = DataType::kInt8;
  bool narrow = false;  // the accumulator wraps at 32 bits, not at 64
  // One of them or neither.
  const int64_t* bias = nullptr;
  const int32_t* narrow_bias = nullptr;
  const QuantizedOutput* requantize = nullptr;
  int16_t* output = nullptr;

  int16_t Value(int64_t sum, size_t channel) const {
    auto acc = static_cast<uint64_t>(sum);
    if (bias) acc += static_cast<uint64_t>(bias[channel]);
    if (narrow_bias) acc += static_cast<uint64_t>(int64_t{narrow_bias[channel]});
    return static_cast<int16_t>(
        narrow ? requantize->Requantize(static_cast<int32_t>(acc), channel)
               : requantize->RequantizeWide(static_cast<int64_t>(acc), channel));
  }
};

// Bytes of one activation.
inline constexpr int64_t ElementBytes(const FloatResult&) { return sizeof(float); }
template <typename T>
constexpr int64_t ElementBytes(const QuantizedResult<T>&) {
  return sizeof(T);
}
inline constexpr int64_t ElementBytes(const DynamicResult&) { return sizeof(int8_t); }
inline constexpr int64_t ElementBytes(const WideResult&) { return sizeof(int16_t); }

// The byte that fills activations which stand for zero.
inline uint8_t PaddingByte(const FloatResult&) { return 0; }
template <typename T>
uint8_t PaddingByte(const QuantizedResult<T>& result) {
  return static_cast<uint8_t>(result.input_zero_point);
}
inline uint8_t PaddingByte(const DynamicResult& result) {
  return static_cast<uint8_t>(result.params->zero_point);
}
inline uint8_t PaddingByte(const WideResult&) { return 0; }

using MatrixResult = std::variant<FloatResult, QuantizedResult<int8_t>, QuantizedResult<uint8_t>,
                                  DynamicResult, WideResult>;

inline int64_t ElementBytes(const MatrixResult& result) {
  return std::visit([](const auto& r) { return ElementBytes(r); }, result);
}
inline uint8_t PaddingByte(const MatrixResult& result) {
  return std::visit([](const auto& r) { return PaddingByte(r); }, result);
}

}  // namespace octolite
