#pragma once

#include <array>
#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/lstm/gates.h"
#include "kernels/recurrent/sequence.h"

// The older quantized LSTM ("8x8_8"), whose products of input and output state are rounded to int8
// before they are added up. It always couples the input gate to the forget gate, normalizes, and
// projects; normalization and the gates' functions are computed in float. Equal to TFLite's kernel
// in every bit.

namespace octolite {

struct Int8LstmGate {
  const int8_t* input_weights = nullptr;      // [cells, inputs]
  const int8_t* recurrent_weights = nullptr;  // [cells, outputs]
  // Of the two products in int8: from accumulators, their zero points, and to the sum.
  FixedMultiplier input_scale;
  FixedMultiplier recurrent_scale;
  int32_t input_zero_point = 0;
  int32_t recurrent_zero_point = 0;
  FixedMultiplier input_to_sum;
  FixedMultiplier recurrent_to_sum;
  const int16_t* norm = nullptr;  // [cells]
  float norm_scale = 0;
  const int32_t* bias = nullptr;  // [cells], of norm_scale / 1024
};

struct Int8Lstm {
  int32_t inputs = 0;
  int32_t cells = 0;
  int32_t outputs = 0;
  int32_t input_zero_point = 0;
  int32_t output_zero_point = 0;
  std::array<Int8LstmGate, kLstmGates> gates;  // without an input gate
  int16_t cell_clip = 0;                       // 0: none; the cell state is Q0.15
  const int8_t* projection_weights = nullptr;  // [outputs, cells]
  const int32_t* projection_bias = nullptr;    // [outputs]
  FixedMultiplier projection_scale;            // shift at most 14
  int8_t projection_clip = 0;                  // 0: none
};

int64_t IntegerLstmScratchBytes(const Int8Lstm& lstm, int32_t rows);

void RunIntegerLstm(const Int8Lstm& lstm, const RecurrentSequence& sequence, const int8_t* input,
                    int8_t* output_state, int16_t* cell_state, int8_t* output, uint8_t* scratch);

}  // namespace octolite
