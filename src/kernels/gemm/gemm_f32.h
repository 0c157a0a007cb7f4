#pragma once

#include <cstdint>

#include "kernels/gemm/pack.h"
#include "kernels/gemm/row_source.h"

namespace octolite {

// output[m][n] = clamp(sum over k of rows[m][k] * weights[n][k] + bias[n], min, max) in float32, by
// SIMD tiles of 6 rows x 8 channels. Sums run over k in order, from the bias on; products are fused
// where the engine fuses them.
struct GemmF32 {
  int64_t m = 0;
  const RowSource* rows = nullptr;
  const MatrixLayout* layout = nullptr;
  const uint8_t* packed = nullptr;
  // Output channel of the first column: index into the bias and the output's row.
  int32_t first_channel = 0;
  int64_t output_stride = 0;   // elements from one row of the output to the next
  uint8_t* scratch = nullptr;  // GemmF32Scratch(layout) bytes, 64-byte aligned
};

int64_t GemmF32Scratch(const MatrixLayout& layout);

// `bias` may be null.
void RunGemmF32(const GemmF32& gemm, const float* bias, float min, float max, float* output);

}  // namespace octolite
