#pragma once

#include <cstdint>

#include "kernels/gemm/product.h"
#include "kernels/gemm/result.h"

namespace octolite {

// output[m][n] = result.Value(sum over k of rows[m][k] * weights[n][k]) with int16 rows, summed
// exactly in 64 bits, by plain loops over `plain` weights.
void RunGemmS16(const MatrixProduct& product, const WideResult& result);

int64_t GemmS16Scratch(const MatrixLayout& layout, int threads);

}  // namespace octolite
