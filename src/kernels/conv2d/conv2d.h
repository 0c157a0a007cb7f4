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

// CONV_2D: input [batch, input_h, input_w, input_c], weights [output_c, window_h, window_w,
// input_c / groups], bias [output_c] or null, output [batch, output_h, output_w, output_c]. Output
// channel o belongs to group o / (output_c / groups) and sees that group's input channels only.
struct Conv2dShape {
  int32_t batch = 0;
  int32_t input_h = 0, input_w = 0, input_c = 0;
  int32_t output_c = 0;
  int32_t groups = 1;
  WindowGeometry window;

  int32_t filter_c() const { return input_c / groups; }
  int64_t output_pixels() const {
    return static_cast<int64_t>(batch) * window.output_h * window.output_w;
  }
  int64_t image_elements() const { return static_cast<int64_t>(input_h) * input_w * input_c; }
};

// The scalar oracles, straight from the definition.

void Conv2dFloatRef(const Conv2dShape& shape, const float* input, const float* weights,
                    const float* bias, float min, float max, float* output);

// T: int8_t or uint8_t. The accumulator wraps.
template <typename T>
void Conv2dQuantizedRef(const Conv2dShape& shape, const T* input, int32_t input_zero_point,
                        const T* weights, int32_t weight_zero_point, const int32_t* bias,
                        const QuantizedOutput& requantize, T* output);

// `input` is quantized already, rows[b] says how for image b.
void Conv2dDynamicRef(const Conv2dShape& shape, const int8_t* input, const DynamicRow* rows,
                      const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                      float* output);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class Conv2d {
 public:
  using ShapeType = Conv2dShape;

  // `weights` of float32, int8 or uint8; null when they are known only at run time, which then
  // packs them on every run. OUT_OF_MEMORY when they cannot be packed.
  static Result<Conv2d> Make(const Conv2dShape& shape, DataType weights_type,
                             int32_t weight_zero_point, const void* weights);

  const Conv2dShape& shape() const { return shape_; }
  // Bytes that every Run needs, 64-byte aligned.
  int64_t scratch_bytes() const;
  size_t owned_bytes() const;

  // `shape` is shape() or the same with a smaller batch; `weights` as given to Make.
  void RunFloat(const Conv2dShape& shape, const float* input, const float* weights,
                const float* bias, float min, float max, float* output, uint8_t* scratch) const;
  // T: int8_t or uint8_t, as the weights.
  template <typename T>
  void RunQuantized(const Conv2dShape& shape, const T* input, int32_t input_zero_point,
                    const T* weights, const int32_t* bias, const QuantizedOutput& requantize,
                    T* output, uint8_t* scratch) const;
  // One image, quantized as `row` says.
  void RunDynamic(const Conv2dShape& shape, const int8_t* input, const DynamicRow& row,
                  const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                  float* output, uint8_t* scratch) const;

 private:
  // `result` is one of those in kernels/gemm/gemm.h; `padding` fills what is outside the image.
  template <typename T, typename R>
  void Run(const Conv2dShape& shape, const T* input, const void* weights, uint8_t padding,
           const R& result, uint8_t* scratch) const;

  Conv2dShape shape_;
  int32_t weight_zero_point_ = 0;
  PackedWeights weights_;  // a matrix for each group
};

}  // namespace octolite
