#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"
#include "base/data_type.h"
#include "base/status.h"
#include "kernels/dynamic_quantize.h"
#include "kernels/gemm/pack.h"
#include "kernels/quantized_output.h"

namespace octolite {

// FULLY_CONNECTED: input [batch, depth], weights [units, depth], bias [units] or null, output
// [batch, units].
struct FullyConnectedShape {
  int32_t batch = 0;
  int32_t units = 0;
  int32_t depth = 0;
};

// The scalar oracles, straight from the definition.

void FullyConnectedFloatRef(const FullyConnectedShape& shape, const float* input,
                            const float* weights, const float* bias, float min, float max,
                            float* output);

// T: int8_t or uint8_t. The accumulator wraps.
template <typename T>
void FullyConnectedQuantizedRef(const FullyConnectedShape& shape, const T* input,
                                int32_t input_zero_point, const T* weights,
                                int32_t weight_zero_point, const int32_t* bias,
                                const QuantizedOutput& requantize, T* output);

// `input` is quantized already, rows[b] says how for row b.
void FullyConnectedDynamicRef(const FullyConnectedShape& shape, const int8_t* input,
                              const DynamicRow* rows, const int8_t* weights, const float* bias,
                              const DynamicOutput& dequantize, float* output);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class FullyConnected {
 public:
  // `weights` of float32, int8 or uint8; null when they are known only at run time, which then
  // packs them on every run. OUT_OF_MEMORY when they cannot be packed.
  static Result<FullyConnected> Make(const FullyConnectedShape& shape, DataType weights_type,
                                     int32_t weight_zero_point, const void* weights);

  const FullyConnectedShape& shape() const { return shape_; }
  // Bytes that every Run needs, 64-byte aligned.
  int64_t scratch_bytes() const;
  size_t owned_bytes() const;

  // `weights` as given to Make.
  void RunFloat(const float* input, const float* weights, const float* bias, float min, float max,
                float* output, uint8_t* scratch) const;
  // T: int8_t or uint8_t, as the weights.
  template <typename T>
  void RunQuantized(const T* input, int32_t input_zero_point, const T* weights, const int32_t* bias,
                    const QuantizedOutput& requantize, T* output, uint8_t* scratch) const;
  // Row b is quantized as rows[b] says.
  void RunDynamic(const int8_t* input, const DynamicRow* rows, const int8_t* weights,
                  const float* bias, const DynamicOutput& dequantize, float* output,
                  uint8_t* scratch) const;

 private:
  // `result` is one of those in kernels/gemm/gemm.h.
  template <typename T, typename R>
  void Run(const T* input, const void* weights, const R& result, uint8_t* scratch) const;

  FullyConnectedShape shape_;
  int32_t weight_zero_point_ = 0;
  PackedWeights weights_;
};

}  // namespace octolite
