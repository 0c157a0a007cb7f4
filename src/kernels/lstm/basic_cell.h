#pragma once

#include <cstdint>

#include "base/fixed_point.h"

// LSTM's basic kernel: one matrix for all gates, over the input and the last output side by side;
// no projection, peephole or clipping. Gates in the order input, cell (tanh), forget, output.

namespace octolite {

struct BasicLstmShape {
  int32_t batch = 0;
  int32_t inputs = 0;
  int32_t outputs = 0;

  int32_t depth() const { return inputs + outputs; }
  int32_t gates() const { return 4 * outputs; }
};

// A is the type of activations and weights, B of the bias, S of states and gates: all float, or
// uint8, int32 and int16.
template <typename A, typename B, typename S>
struct BasicLstmTensors {
  const A* input;    // [batch, inputs]
  const A* weights;  // [4 * outputs, inputs + outputs]
  const B* bias;     // [4 * outputs]
  // State, which the step replaces.
  A* last_output;  // [batch, outputs]
  S* cell_state;   // [batch, outputs]
  // Results.
  A* output;          // [batch, outputs]
  S* new_cell_state;  // [batch, outputs]
  A* concatenated;    // [batch, inputs + outputs]
  S* gate_inputs;     // [batch, 4 * outputs], before the gates' functions
};
using FloatBasicLstmTensors = BasicLstmTensors<float, float, float>;
using QuantizedBasicLstmTensors = BasicLstmTensors<uint8_t, int32_t, int16_t>;

void RunBasicLstm(const BasicLstmShape& shape, const FloatBasicLstmTensors& tensors);

// Activations are uint8 of scale 1/128 and zero point 128, the cell state Q4, the gates Q3;
// `gate_scale` is from accumulators to Q3.
void RunBasicLstm(const BasicLstmShape& shape, int32_t weights_zero_point,
                  FixedMultiplier gate_scale, const QuantizedBasicLstmTensors& tensors);

}  // namespace octolite
