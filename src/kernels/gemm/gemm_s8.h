#pragma once

#include <cstdint>

#include "kernels/dynamic_quantize.h"
#include "kernels/gemm/product.h"
#include "kernels/quantized_output.h"

namespace octolite {

// output[m][n] = finish(sum over k of (rows[m][k] - input zero point) * (weights[n][k] - weight
// zero point) + bias[n]), exact in int32 (wrapping), by SIMD tiles of 6 rows x 8 channels.
//
// How the zero points get in: a tile multiplies the bytes as the dot product takes them, that is
// row + offset (offset: the change of signedness, 0 or +-128) by signed weights; what that adds to
// the sum is a constant of the channel, and of the row where weights have a zero point.
struct GemmS8 {
  MatrixProduct product;
  DataType input_type = DataType::kInt8;  // of the rows: int8 or uint8
  int32_t input_zero_point = 0;           // in the rows' type; 0 for GemmS8Dynamic
  int32_t weight_zero_point = 0;          // in the weights' type
};

int64_t GemmS8Scratch(const MatrixLayout& layout);

// T: int8_t or uint8_t. `bias` may be null.
template <typename T>
void GemmS8Quantized(const GemmS8& gemm, const int32_t* bias, const QuantizedOutput& requantize,
                     T* output);

// Row m is quantized as params[m] says, or all rows as params[0].
void GemmS8Dynamic(const GemmS8& gemm, const DynamicRow* params, bool params_per_row,
                   const float* bias, const DynamicOutput& dequantize, float* output);

}  // namespace octolite
