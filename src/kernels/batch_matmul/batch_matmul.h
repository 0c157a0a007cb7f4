#pragma once

#include <array>
#include <cstdint>

#include "base/shape.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/result.h"

namespace octolite {

// BATCH_MATMUL: left [batches..., m, k] ([..., k, m] with adj_x) by right [batches..., k, n] ([...,
// n, k] with adj_y) to output [batches..., m, n]. Batch dimensions are broadcast: the output has
// `dims` of them, left and right go `left_step` and `right_step` matrices on for one step of each,
// 0 where they are broadcast. The output has elements.
struct BatchMatMulShape {
  int64_t m = 0, n = 0, k = 0;
  bool adj_x = false, adj_y = false;
  int batch_rank = 0;
  std::array<int64_t, Shape::kMaxRank> dims = {}, left_step = {}, right_step = {};
  int64_t left_batches = 1, right_batches = 1;
};

// Made ready for a shape: the right side packed for the SIMD kernels, when it is known beforehand.
class BatchMatMul {
 public:
  // OUT_OF_MEMORY when the right side cannot be packed.
  static Result<BatchMatMul> Make(const BatchMatMulShape& shape, const WeightsSource& right);

  const BatchMatMulShape& shape() const { return shape_; }
  // Bytes that a Run with up to `threads` threads needs, 64-byte aligned.
  int64_t scratch_bytes(int threads) const;
  size_t owned_bytes() const { return packed_.owned_bytes(); }

  // `right` as given to Make, `left` of the type that the result wants; its bias is null. A
  // DynamicResult has params for every row of the left side.
  void Run(const void* left, const void* right, const MatrixResult& result, uint8_t* scratch,
           const Parallel& parallel) const;

 private:
  WeightsView ViewOf(int64_t right_batch) const;

  BatchMatMulShape shape_;
  MatrixLayout layout_;
  PackedWeights packed_;  // all matrices of the right side, or none
};

// int8 by int8, without zero points, wrapping: plain loops.
void BatchMatMulInt32(const BatchMatMulShape& shape, const int8_t* left, const int8_t* right,
                      int32_t* output);

}  // namespace octolite
