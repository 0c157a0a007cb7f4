#pragma once

#include <array>
#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/activation/lut16.h"

// softmax(x)[i] = exp(beta * x[i]) / sum of exp(beta * x), over each of `rows` rows of `depth`.

namespace octolite {

void SoftmaxFloat(const float* in, float* out, int64_t rows, int64_t depth, float beta);

// The optimized kernels of TFLite, which LiteRT's default path uses for 8 bits: exp from a table of
// floats, normalized in float, rounded.
struct SoftmaxTable {
  std::array<float, 256> exp_of_minus = {};  // exp(-beta * scale * i)
  float output_scale = 1.0f / 256;
  int32_t output_zero_point = -128;
};
SoftmaxTable MakeSoftmaxTable(float beta, float input_scale);

// The reference kernels: gemmlowp's fixed-point exponential, with 5 integer bits, and reciprocal.
// The output is always round(256 * p) offset to the type's minimum.
struct SoftmaxFixed {
  std::array<int32_t, 256> exp_of_minus = {};  // exp(-beta * scale * i) * 2^31
  int32_t largest_difference = 0;              // from the row's maximum; more counts as nothing
};
SoftmaxFixed MakeSoftmaxFixed(float beta, float input_scale);

// T is int8 or uint8.
template <typename T>
void SoftmaxLitert(const SoftmaxTable& table, const T* in, T* out, int64_t rows, int64_t depth);
template <typename T>
void SoftmaxReference(const SoftmaxFixed& params, const T* in, T* out, int64_t rows, int64_t depth);

// int16, as all kernels of TFLite: exp in [-10, 0] and 1 / (1 + x) in [0, 1] from tables.
struct Softmax16 {
  FixedMultiplier to_table;  // differences to 65535ths of 10
  Lut16 exp = {};
  Lut16 reciprocal = {};
};
Softmax16 MakeSoftmax16(float beta, float input_scale);
// The output's scale is 1/32768.
void SoftmaxInt16(const Softmax16& params, const int16_t* in, int16_t* out, int64_t rows,
                  int64_t depth);

}  // namespace octolite
