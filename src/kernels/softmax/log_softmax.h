#pragma once

#include <array>
#include <cstdint>

#include "base/fixed_point.h"

// log_softmax(x)[i] = x[i] - ln(sum of exp(x)) over each of `rows` rows of `depth` 8-bit numbers;
// the output's scale is 1/16 and its zero point the largest number of the type. T is int8 or uint8.

namespace octolite {

// The optimized kernels of TFLite, which LiteRT's default path uses: exp from a table of floats.
struct LogSoftmaxTable {
  std::array<float, 256> exp_of_minus = {};  // exp(-scale * i)
  float input_scale = 1;
};
LogSoftmaxTable MakeLogSoftmaxTable(float input_scale);
template <typename T>
void LogSoftmaxLitert(const LogSoftmaxTable& table, const T* in, T* out, int64_t rows,
                      int64_t depth);

// The reference kernels, in fixed point with 5 integer bits.
struct LogSoftmaxFixed {
  FixedMultiplier to_fixed;
  FixedMultiplier from_fixed;
  int32_t largest_difference = 0;  // from the row's maximum; more counts as nothing
};
LogSoftmaxFixed MakeLogSoftmaxFixed(float input_scale);
template <typename T>
void LogSoftmaxReference(const LogSoftmaxFixed& params, const T* in, T* out, int64_t rows,
                         int64_t depth);

}  // namespace octolite
