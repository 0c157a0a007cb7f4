#pragma once

#include <cstdint>

#include "base/status.h"
#include "base/thread_pool.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/result.h"

namespace octolite {

// FULLY_CONNECTED: input [batch, depth], weights [units, depth], bias [units] or null, output
// [batch, units].
struct FullyConnectedShape {
  int32_t batch = 0;
  int32_t units = 0;
  int32_t depth = 0;
};

// The scalar oracle, straight from the definition. Input and weights have the types that the result
// wants; of a DynamicResult, params[b] holds for row b.
void FullyConnectedRef(const FullyConnectedShape& shape, const void* input, const void* weights,
                       const MatrixResult& result);

// Made ready for a shape: weights packed for the SIMD kernels, when they are known beforehand.
class FullyConnected {
 public:
  using ShapeType = FullyConnectedShape;

  // OUT_OF_MEMORY when the weights cannot be packed.
  static Result<FullyConnected> Make(const FullyConnectedShape& shape,
                                     const WeightsSource& weights);

  const FullyConnectedShape& shape() const { return shape_; }
  // Bytes that a Run with up to `threads` threads needs, 64-byte aligned.
  int64_t scratch_bytes(int threads = 1) const;
  size_t owned_bytes() const { return weights_.owned_bytes(); }

  // `shape` is shape() or the same with a smaller batch; `weights` as given to Make, the input of
  // the type that the result wants.
  void Run(const FullyConnectedShape& shape, const void* input, const void* weights,
           const MatrixResult& result, uint8_t* scratch, const Parallel& parallel = {}) const;

 private:
  FullyConnectedShape shape_;
  PackedWeights weights_;
};

}  // namespace octolite
