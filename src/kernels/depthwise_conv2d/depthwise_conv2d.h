#pragma once

#include <cstdint>

#include "base/aligned_buffer.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "kernels/depthwise_conv2d/depthwise_weights.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/result.h"
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

// The scalar oracle, straight from the definition. Input and weights have the types that the result
// wants; of a DynamicResult, params[b] holds for image b.
void DepthwiseConv2dRef(const DepthwiseConv2dShape& shape, const void* input, const void* weights,
                        const MatrixResult& result);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class DepthwiseConv2d {
 public:
  using ShapeType = DepthwiseConv2dShape;

  // OUT_OF_MEMORY when the weights cannot be packed.
  static Result<DepthwiseConv2d> Make(const DepthwiseConv2dShape& shape,
                                      const WeightsSource& weights);

  const DepthwiseConv2dShape& shape() const { return shape_; }
  // Bytes that a Run with up to `threads` threads needs, 64-byte aligned.
  int64_t scratch_bytes(int threads = 1) const;
  size_t owned_bytes() const { return matrix_.owned_bytes() + packed_.size(); }

  // `shape` is shape() or the same with a smaller batch; `weights` as given to Make, the input of
  // the type that the result wants. A DynamicResult has one params. The bytes of the result do not
  // depend on the number of threads.
  void Run(const DepthwiseConv2dShape& shape, const void* input, const void* weights,
           const MatrixResult& result, uint8_t* scratch, const Parallel& parallel = {}) const;

 private:
  void RunMatrix(const DepthwiseConv2dShape& shape, const void* input, const void* weights,
                 const MatrixResult& result, uint8_t* scratch, const Parallel& parallel) const;

  DepthwiseConv2dShape shape_;
  depthwise::WeightsLayout layout_;
  bool wide_ = false;  // the activations are int16
  // With one input channel it is a product of matrices, which is done as one; count() is 0 else.
  PackedWeights matrix_;
  // Weights as layout_ has them, when they are known beforehand. Those of int16
  // activations are read where they lie.
  AlignedBuffer packed_;
};

}  // namespace octolite
