#pragma once

#include <cstdint>
#include <optional>

#include "base/status.h"
#include "base/thread_pool.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/result.h"
#include "kernels/gemm/window_source.h"
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

// The scalar oracle, straight from the definition. Input and weights have the types that the result
// wants; of a DynamicResult, params[b] holds for image b.
void Conv2dRef(const Conv2dShape& shape, const void* input, const void* weights,
               const MatrixResult& result);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class Conv2d {
 public:
  using ShapeType = Conv2dShape;

  // OUT_OF_MEMORY when the weights cannot be packed.
  static Result<Conv2d> Make(const Conv2dShape& shape, const WeightsSource& weights);

  const Conv2dShape& shape() const { return shape_; }
  // Bytes that a Run with up to `threads` threads needs, 64-byte aligned.
  int64_t scratch_bytes(int threads = 1) const;
  size_t owned_bytes() const { return weights_.owned_bytes(); }

  // `shape` is shape() or the same with a smaller batch; `weights` as given to Make, the input of
  // the type that the result wants. A DynamicResult has one params.
  void Run(const Conv2dShape& shape, const void* input, const void* weights,
           const MatrixResult& result, uint8_t* scratch, const Parallel& parallel = {}) const;

 private:
  Conv2dShape shape_;
  std::optional<WindowSource> window_;  // of the input, where patches are not gathered
  PackedWeights weights_;               // a matrix for each group
};

}  // namespace octolite
