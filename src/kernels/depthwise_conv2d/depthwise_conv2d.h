#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"
#include "base/data_type.h"
#include "base/status.h"
#include "kernels/dynamic_quantize.h"
#include "kernels/gemm/pack.h"
#include "kernels/quantized_output.h"
#include "kernels/window.h"

namespace octolite {

// DEPTHWISE_CONV_2D: input [batch, input_h, input_w, input_c], weights [1, window_h, window_w,
// input_c * multiplier], bias [input_c * multiplier] or null, output [batch, output_h, output_w,
// input_c * multiplier]. Output channel o sees input channel o / multiplier only.
struct DepthwiseConv2dShape {
  int32_t batch = 0;
  int32_t input_h = 0, input_w = 0, input_c = 0;
  int32_t multiplier = 1;
  WindowGeometry window;

  int32_t output_c() const { return input_c * multiplier; }
  int64_t image_elements() const { return static_cast<int64_t>(input_h) * input_w * input_c; }
};

// The scalar oracles, straight from the definition.

void DepthwiseConv2dFloatRef(const DepthwiseConv2dShape& shape, const float* input,
                             const float* weights, const float* bias, float min, float max,
                             float* output);

// T: int8_t or uint8_t. The accumulator wraps.
template <typename T>
void DepthwiseConv2dQuantizedRef(const DepthwiseConv2dShape& shape, const T* input,
                                 int32_t input_zero_point, const T* weights,
                                 int32_t weight_zero_point, const int32_t* bias,
                                 const QuantizedOutput& requantize, T* output);

// `input` is quantized already, rows[b] says how for image b.
void DepthwiseConv2dDynamicRef(const DepthwiseConv2dShape& shape, const int8_t* input,
                               const DynamicRow* rows, const int8_t* weights, const float* bias,
                               const DynamicOutput& dequantize, float* output);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class DepthwiseConv2d {
 public:
  using ShapeType = DepthwiseConv2dShape;

  // `weights` of float32, int8 or uint8; null when they are known only at run time, which then
  // packs them on every run. OUT_OF_MEMORY when they cannot be packed.
  static Result<DepthwiseConv2d> Make(const DepthwiseConv2dShape& shape, DataType weights_type,
                                      int32_t weight_zero_point, const void* weights);

  const DepthwiseConv2dShape& shape() const { return shape_; }
  // Bytes that every Run needs, 64-byte aligned.
  int64_t scratch_bytes() const;
  size_t owned_bytes() const;

  // `shape` is shape() or the same with a smaller batch; `weights` as given to Make.
  void RunFloat(const DepthwiseConv2dShape& shape, const float* input, const float* weights,
                const float* bias, float min, float max, float* output, uint8_t* scratch) const;
  // T: int8_t or uint8_t, as the weights.
  template <typename T>
  void RunQuantized(const DepthwiseConv2dShape& shape, const T* input, int32_t input_zero_point,
                    const T* weights, const int32_t* bias, const QuantizedOutput& requantize,
                    T* output, uint8_t* scratch) const;
  // One image, quantized as `row` says.
  void RunDynamic(const DepthwiseConv2dShape& shape, const int8_t* input, const DynamicRow& row,
                  const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                  float* output, uint8_t* scratch) const;

 private:
  // `result` is one of those in kernels/gemm/gemm.h; `padding` fills what is outside the image.
  template <typename T, typename R>
  void Run(const DepthwiseConv2dShape& shape, const T* input, const T* weights, uint8_t padding,
           const R& result, uint8_t* scratch) const;

  DepthwiseConv2dShape shape_;
  int32_t weight_zero_point_ = 0;
  // With one input channel it is a product of matrices, which is done as one; count() is 0 else.
  PackedWeights matrix_;
  // 8-bit weights in pairs of taps (depthwise_simd.h), when they are known beforehand.
  AlignedBuffer pairs_;
  int64_t scratch_bytes_ = 0;
};

}  // namespace octolite
