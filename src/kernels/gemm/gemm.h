#pragma once

#include <cstdint>

#include "kernels/gemm/gemm_f32.h"
#include "kernels/gemm/gemm_s8.h"

namespace octolite {

// What a product yields: the one thing in which the matrix kernels of an operator differ from mode
// to mode.
struct FloatResult {
  const float* bias = nullptr;
  float min = 0;
  float max = 0;
  float* output = nullptr;
};

template <typename T>
struct QuantizedResult {
  DataType type = kDataTypeOf<T>;
  int32_t input_zero_point = 0;
  int32_t weight_zero_point = 0;
  const int32_t* bias = nullptr;
  const QuantizedOutput* requantize = nullptr;
  T* output = nullptr;
};

struct DynamicResult {
  const DynamicRow* params = nullptr;
  bool params_per_row = false;
  const float* bias = nullptr;
  const DynamicOutput* dequantize = nullptr;
  float* output = nullptr;
};

// One product, whatever its type.
struct MatrixProduct {
  int64_t m = 0;
  const RowSource* rows = nullptr;
  const MatrixLayout* layout = nullptr;
  const uint8_t* packed = nullptr;
  int32_t first_channel = 0;
  int64_t output_stride = 0;
  uint8_t* scratch = nullptr;  // MatrixScratch(layout) bytes, 64-byte aligned
};

inline int64_t MatrixScratch(const MatrixLayout& layout) {
  return layout.is_float() ? GemmF32Scratch(layout) : GemmS8Scratch(layout);
}

inline void Multiply(const MatrixProduct& p, const FloatResult& result) {
  const GemmF32 gemm = {p.m,      p.rows, p.layout, p.packed, p.first_channel, p.output_stride,
                        p.scratch};
  RunGemmF32(gemm, result.bias, result.min, result.max, result.output);
}

namespace internal {
inline GemmS8 MakeGemmS8(const MatrixProduct& p) {
  GemmS8 gemm;
  gemm.m = p.m;
  gemm.rows = p.rows;
  gemm.layout = p.layout;
  gemm.packed = p.packed;
  gemm.first_channel = p.first_channel;
  gemm.output_stride = p.output_stride;
  gemm.scratch = p.scratch;
  return gemm;
}
}  // namespace internal

template <typename T>
void Multiply(const MatrixProduct& p, const QuantizedResult<T>& result) {
  GemmS8 gemm = internal::MakeGemmS8(p);
  gemm.input_type = result.type;
  gemm.input_zero_point = result.input_zero_point;
  gemm.weight_zero_point = result.weight_zero_point;
  GemmS8Quantized(gemm, result.bias, *result.requantize, result.output);
}

inline void Multiply(const MatrixProduct& p, const DynamicResult& result) {
  GemmS8Dynamic(internal::MakeGemmS8(p), result.params, result.params_per_row, result.bias,
                *result.dequantize, result.output);
}

}  // namespace octolite
