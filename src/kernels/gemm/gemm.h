#pragma once

#include <cstdint>
#include <variant>

#include "kernels/gemm/gemm_f32.h"
#include "kernels/gemm/gemm_s16.h"
#include "kernels/gemm/gemm_s8.h"
#include "kernels/gemm/product.h"
#include "kernels/gemm/result.h"

namespace octolite {

// Bytes that a product needs on up to `threads` threads; `window` is that of the product, if any.
inline int64_t MatrixScratch(const MatrixLayout& layout, int threads,
                             const WindowSource* window = nullptr) {
  if (layout.plain) return GemmS16Scratch(layout, threads);
  return layout.is_float() ? GemmF32Scratch(layout, window, threads)
                           : GemmS8Scratch(layout, window, threads);
}

inline void Multiply(const MatrixProduct& p, const FloatResult& result) { RunGemmF32(p, result); }

inline void Multiply(const MatrixProduct& p, const WideResult& result) { RunGemmS16(p, result); }

template <typename T>
void Multiply(const MatrixProduct& p, const QuantizedResult<T>& result) {
  GemmS8 gemm = {.product = p};
  gemm.input_type = kDataTypeOf<T>;
  gemm.input_zero_point = result.input_zero_point;
  GemmS8Quantized(gemm, result.bias, *result.requantize, result.output);
}

inline void Multiply(const MatrixProduct& p, const DynamicResult& result) {
  GemmS8 gemm = {.product = p};
  gemm.params = result.params;
  gemm.params_per_row = result.params_per_row;
  GemmS8Dynamic(gemm, result.bias, *result.dequantize, result.output);
}

// The rows have the type that the result wants, the layout the one that the weights have.
inline void Multiply(const MatrixProduct& p, const MatrixResult& result) {
  std::visit([&](const auto& r) { Multiply(p, r); }, result);
}

}  // namespace octolite
