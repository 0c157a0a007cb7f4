#pragma once

#include <cstdint>

#include "kernels/gemm/product.h"
#include "kernels/gemm/result.h"

namespace octolite {

// output[m][n] = clamp(sum over k of rows[m][k] * weights[n][k] + bias[n], min, max) in float32, by
// SIMD tiles of some rows x 8 channels. Sums run over k in order, from the bias on (those of a
// single row in four parts); products are fused where the engine fuses them.
void RunGemmF32(const MatrixProduct& product, const FloatResult& result);

int64_t GemmF32Scratch(const MatrixLayout& layout, const WindowSource* window, int threads);

}  // namespace octolite
