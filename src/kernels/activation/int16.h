#pragma once

#include <cstddef>
#include <cstdint>

#include "base/arithmetic.h"
#include "kernels/requantize.h"

// Activation functions of int16 tensors, whose zero points are 0, in the fixed point of TFLite's
// kernels: no 16-bit operator is XNNPACK's.

namespace octolite {

// x * positive for x >= 0 and x * negative below, clamped: ReLU and its kin, leaky ReLU, rescaling.
void RescaleInt16(const int16_t* in, int16_t* out, size_t count, FixedMultiplier positive,
                  FixedMultiplier negative, const OutputRange& range);

// The logistic function and tanh by one table of the logistic function in steps of 1/24 to 10.7,
// with linear interpolation. Inputs are first brought to 1 / (3 * 4096). Where the input's scale is
// 2^-12, or 2^-11 for tanh, LiteRT's default path computes both as quantized LSTM does.
struct Sigmoid16Scale {
  int32_t multiplier = 0;
  int right_shift = 0;
  bool fixed_point = false;  // by kernels/recurrent/fixed_functions.h
  int left_shift = 0;        // of the input, then
};
Sigmoid16Scale MakeSigmoid16Scale(float input_scale, bool tanh, Arithmetic arithmetic);

// The output's scale is 1/32768.
void LogisticInt16(const Sigmoid16Scale& scale, const int16_t* in, int16_t* out, size_t count);
void TanhInt16(const Sigmoid16Scale& scale, const int16_t* in, int16_t* out, size_t count);

}  // namespace octolite
