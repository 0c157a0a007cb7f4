#pragma once

#include <cstdint>
#include <variant>

#include "kernels/gemm/gemm_f32.h"
#include "kernels/gemm/gemm_s16.h"
#include "kernels/gemm/gemm_s8.h"
#include "kernels/gemm/product.h"
#include "kernels/gemm/result.h"

namespace octolite {

inline int64_t MatrixScratch(const MatrixLayout& layout) {
  if (layout.plain) return GemmS16Scratch(layout);
  return layout.is_float() ? GemmF32Scratch(layout) : GemmS8Scratch(layout);
}

inline void Multiply(const MatrixProduct& p, const FloatResult& result) { RunGemmF32(p, result); }

inline void Multiply(const MatrixProduct& p, const WideResult& result) { RunGemmS16(p, result); }

template <typename T>
void Multiply(const MatrixProduct& p, const QuantizedResult<T>& result) {
  GemmS8 gemm = {.product = p};
  gemm.input_type = kDataTypeOf<T>;
  gemm.input_zero_point = result.input_zero_point;
  gemm.weight_zero_point = result.weight_zero_point;
  GemmS8Quantized(gemm, result.bias, *result.requantize, result.output);
}

inline void Multiply(const MatrixProduct& p, const DynamicResult& result) {
  GemmS8Dynamic({.product = p}, result.params, result.params_per_row, result.bias,
                *result.dequantize, result.output);
}

// The rows have the type that the result wants, the layout the one that the weights have.
inline void Multiply(const MatrixProduct& p, const MatrixResult& result) {
  std::visit([&](const auto& r) { Multiply(p, r); }, result);
}

}  // namespace octolite
