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

// TRANSPOSE_CONV: input [batch, input_h, input_w, input_c], weights [output_c, window_h, window_w,
// input_c], bias [output_c] or null, output [batch, output_h, output_w, output_c]. Input (y, x)
// adds to output (y * stride_h - pad_top + i, x * stride_w - pad_left + j) for every (i, j) of the
// window; what falls outside the output is dropped. The window's dilation is 1.
struct TransposeConvShape {
  int32_t batch = 0;
  int32_t input_h = 0, input_w = 0, input_c = 0;
  int32_t output_c = 0;
  WindowGeometry window;

  int64_t image_elements() const { return static_cast<int64_t>(input_h) * input_w * input_c; }
};

// The scalar oracles, straight from the definition.

void TransposeConvFloatRef(const TransposeConvShape& shape, const float* input,
                           const float* weights, const float* bias, float min, float max,
                           float* output);

// T: int8_t or uint8_t. The accumulator wraps.
template <typename T>
void TransposeConvQuantizedRef(const TransposeConvShape& shape, const T* input,
                               int32_t input_zero_point, const T* weights,
                               int32_t weight_zero_point, const int32_t* bias,
                               const QuantizedOutput& requantize, T* output);

// `input` is quantized already, rows[b] says how for image b.
void TransposeConvDynamicRef(const TransposeConvShape& shape, const int8_t* input,
                             const DynamicRow* rows, const int8_t* weights, const float* bias,
                             const DynamicOutput& dequantize, float* output);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class TransposeConv {
 public:
  using ShapeType = TransposeConvShape;

  // `weights` of float32, int8 or uint8; null when they are known only at run time, which then
  // packs them on every run. OUT_OF_MEMORY when they cannot be packed.
  static Result<TransposeConv> Make(const TransposeConvShape& shape, DataType weights_type,
                                    int32_t weight_zero_point, const void* weights);

  const TransposeConvShape& shape() const { return shape_; }
  // Bytes that every Run needs, 64-byte aligned.
  int64_t scratch_bytes() const;
  size_t owned_bytes() const;

  // `shape` is shape() or the same with a smaller batch; `weights` as given to Make.
  void RunFloat(const TransposeConvShape& shape, const float* input, const float* weights,
                const float* bias, float min, float max, float* output, uint8_t* scratch) const;
  // T: int8_t or uint8_t, as the weights.
  template <typename T>
  void RunQuantized(const TransposeConvShape& shape, const T* input, int32_t input_zero_point,
                    const T* weights, const int32_t* bias, const QuantizedOutput& requantize,
                    T* output, uint8_t* scratch) const;
  // One image, quantized as `row` says.
  void RunDynamic(const TransposeConvShape& shape, const int8_t* input, const DynamicRow& row,
                  const int8_t* weights, const float* bias, const DynamicOutput& dequantize,
                  float* output, uint8_t* scratch) const;

 private:
  // Output positions (y, x) with the same (y + pad_top) % stride_h and (x + pad_left) % stride_w
  // see the same taps of the window: each such phase is a convolution of stride 1.
  struct Phase {
    int32_t taps_h = 0, taps_w = 0;  // of the window
    size_t matrix = 0;
  };

  // `result` is one of those in kernels/gemm/gemm.h; `padding` fills what is outside the image.
  template <typename T, typename R>
  void Run(const TransposeConvShape& shape, const T* input, const void* weights, uint8_t padding,
           const R& result, uint8_t* scratch) const;
  // By the two remainders.
  Phase PhaseAt(int32_t y, int32_t x) const;

  TransposeConvShape shape_;
  int32_t weight_zero_point_ = 0;
  // Matrix 0 has no depth, for the phases that no tap reaches; then those with taps, by y and x.
  PackedWeights weights_;
  int64_t matrix_scratch_ = 0;
};

}  // namespace octolite
