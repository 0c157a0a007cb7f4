#pragma once

#include <cstdint>

#include "kernels/dynamic_quantize.h"
#include "kernels/gemm/product.h"
#include "kernels/quantized_output.h"

namespace octolite {

// output[m][n] = finish(sum over k of (rows[m][k] - input zero point) * (weights[n][k] - weight
// zero point) + bias[n]), exact in int32 (wrapping), by SIMD tiles of some rows x 8 channels.
//
// How the zero points get in: with DotKind::kDot16 both sides are less theirs before they are
// multiplied. The relaxed dot takes bytes: a tile multiplies row + offset (offset: the change of
// signedness, 0 or +-128) by signed weights, and what that adds to the sum is a constant of the
// channel, and of the row where weights have a zero point.
struct GemmS8 {
  MatrixProduct product;
  DataType input_type = DataType::kInt8;  // of the rows: int8 or uint8
  int32_t input_zero_point = 0;           // of all rows, in their type, or:
  const DynamicRow* params = nullptr;     // row m is quantized as params[m] says,
  bool params_per_row = false;            // or all as params[0]

  const DynamicRow& ParamsOf(int64_t m) const { return params[params_per_row ? m : 0]; }
  int32_t ZeroPoint(int64_t m) const {
    return params != nullptr ? ParamsOf(m).zero_point : input_zero_point;
  }
};

int64_t GemmS8Scratch(const MatrixLayout& layout, const WindowSource* window, int threads);

// T: int8_t or uint8_t. `bias` may be null.
template <typename T>
void GemmS8Quantized(const GemmS8& gemm, const int32_t* bias, const QuantizedOutput& requantize,
                     T* output);

// Of rows with params. `bias` may be null.
void GemmS8Dynamic(const GemmS8& gemm, const float* bias, const DynamicOutput& dequantize,
                   float* output);

}  // namespace octolite
