#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/fixed_point.h"
#include "kernels/lstm/gates.h"
#include "kernels/recurrent/sequence.h"

// LSTM on int8 activations with int8 weights, int16 gates and an int16 cell state ("8x8_16"):
// float_cell.h's mathematics in fixed point. Gates before their function are Q3.12, behind it
// Q0.15; the cell state's scale is a power of two. Equal to TFLite's kernel in every bit.

namespace octolite {

struct IntegerLstmGate {
  const int8_t* input_weights = nullptr;      // [cells, inputs]
  const int8_t* recurrent_weights = nullptr;  // [cells, outputs]
  const int16_t* peephole = nullptr;          // [cells]
  const int16_t* norm = nullptr;              // [cells]
  const int32_t* norm_bias = nullptr;         // [cells], added behind the normalization
  // Bias (without normalization) and what the zero points of the activations add.
  std::vector<int32_t> input_bias;
  std::vector<int32_t> recurrent_bias;
  FixedMultiplier input_scale;
  FixedMultiplier recurrent_scale;
  FixedMultiplier peephole_scale;
  FixedMultiplier norm_scale;  // shift at most 17
  // Stands in for a variance below 1.
  int32_t variance_guard = 1;
};

struct IntegerLstm {
  int32_t inputs = 0;
  int32_t cells = 0;
  int32_t outputs = 0;
  bool has_input_gate = true;
  std::array<IntegerLstmGate, kLstmGates> gates;
  int cell_scale_log2 = 0;  // in [-15, -9]
  int16_t cell_clip = 0;    // 0: none
  // From Q0.15 * Q0.15 to int8.
  FixedMultiplier hidden_scale;
  int32_t hidden_zero_point = 0;
  const int8_t* projection_weights = nullptr;  // [outputs, cells]
  std::vector<int32_t> projection_bias;
  FixedMultiplier projection_scale;
  int8_t projection_clip = 0;  // 0: none
  int32_t output_zero_point = 0;
};

// Bias plus zero_point * the sum of each row of the weights [rows, columns]; a null bias is zero.
std::vector<int32_t> FoldZeroPoint(const int8_t* weights, int32_t rows, int32_t columns,
                                   int32_t zero_point, const int32_t* bias);

// Bytes of scratch memory that steps of `rows` rows need.
int64_t IntegerLstmScratchBytes(const IntegerLstm& lstm, int32_t rows);

// As RunFloatLstm. With peephole weights needs outputs <= cells.
void RunIntegerLstm(const IntegerLstm& lstm, const RecurrentSequence& sequence, const int8_t* input,
                    int8_t* output_state, int16_t* cell_state, int8_t* output, uint8_t* scratch);

}  // namespace octolite
