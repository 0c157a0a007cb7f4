#pragma once

#include <cstdint>

#include "base/status.h"
#include "base/thread_pool.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/result.h"
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

// The scalar oracle, straight from the definition. Input and weights have the types that the result
// wants; of a DynamicResult, params[b] holds for image b.
void TransposeConvRef(const TransposeConvShape& shape, const void* input, const void* weights,
                      const MatrixResult& result);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class TransposeConv {
 public:
  using ShapeType = TransposeConvShape;

  // OUT_OF_MEMORY when the weights cannot be packed.
  static Result<TransposeConv> Make(const TransposeConvShape& shape, const WeightsSource& weights);

  const TransposeConvShape& shape() const { return shape_; }
  // Bytes that a Run with up to `threads` threads needs, 64-byte aligned.
  int64_t scratch_bytes(int threads = 1) const;
  size_t owned_bytes() const { return weights_.owned_bytes(); }

  // `shape` is shape() or the same with another batch or output size; `weights` as given to Make,
  // the input of the type that the result wants. A DynamicResult has one params.
  void Run(const TransposeConvShape& shape, const void* input, const void* weights,
           const MatrixResult& result, uint8_t* scratch, const Parallel& parallel = {}) const;

 private:
  // Output positions (y, x) with the same (y + pad_top) % stride_h and (x + pad_left) % stride_w
  // see the same taps of the window: each such phase is a convolution of stride 1.
  struct Phase {
    int32_t taps_h = 0, taps_w = 0;  // of the window
    size_t matrix = 0;
  };

  // By the two remainders.
  Phase PhaseAt(int32_t y, int32_t x) const;

  TransposeConvShape shape_;
  // Matrix 0 has no depth, for the phases that no tap reaches; then those with taps, by y and x.
  PackedWeights weights_;
};

}  // namespace octolite
