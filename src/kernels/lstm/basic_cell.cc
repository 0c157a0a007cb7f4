#include "kernels/lstm/basic_cell.h"

#include <algorithm>
#include <cmath>

#include "kernels/activation/activation.h"
#include "kernels/recurrent/fixed_functions.h"
#include "kernels/recurrent/matrix.h"

namespace octolite {
namespace {

// The rows that the matrix multiplies: the input, then the last output.
template <typename T>
void Concatenate(const BasicLstmShape& shape, const T* input, const T* last_output, T* rows) {
  for (int64_t b = 0; b < shape.batch; ++b) {
    T* const row = rows + b * shape.depth();
    std::copy_n(input + b * shape.inputs, shape.inputs, row);
    std::copy_n(last_output + b * shape.outputs, shape.outputs, row + shape.inputs);
  }
}

template <typename A, typename B, typename S>
void KeepState(const BasicLstmShape& shape, const BasicLstmTensors<A, B, S>& tensors) {
  const int64_t count = int64_t{shape.batch} * shape.outputs;
  std::copy_n(tensors.output, count, tensors.last_output);
  std::copy_n(tensors.new_cell_state, count, tensors.cell_state);
}

// x * scale with double rounding whose ties go up, as ruy, the peer's matrix library, does.
int16_t Requantize(int32_t x, FixedMultiplier scale) {
  const int left = std::max(scale.shift, 0);
  const int right = std::max(-scale.shift, 0);
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  const int64_t high = SaturatingRoundingDoublingHighMul(shifted, scale.multiplier);
  const int64_t rounded = right > 0 ? (high + (int64_t{1} << (right - 1))) >> right : high;
  return static_cast<int16_t>(std::clamp<int64_t>(rounded, -32768, 32767));
}

}  // namespace

void RunBasicLstm(const BasicLstmShape& shape, const FloatBasicLstmTensors& tensors) {
  Concatenate(shape, tensors.input, tensors.last_output, tensors.concatenated);
  const int64_t depth = shape.depth();
  const int64_t outputs = shape.outputs;
  for (int64_t b = 0; b < shape.batch; ++b) {
    float* const gates = tensors.gate_inputs + b * shape.gates();
    const float* const row = tensors.concatenated + b * depth;
    for (int64_t g = 0; g < shape.gates(); ++g) {
      gates[g] = tensors.bias[g] + DotFloat(tensors.weights + g * depth, row, depth);
    }
    for (int64_t c = 0; c < outputs; ++c) {
      const int64_t i = b * outputs + c;
      const float state = LogisticOf(gates[c]) * TanhOf(gates[outputs + c]) +
                          LogisticOf(gates[2 * outputs + c]) * tensors.cell_state[i];
      tensors.new_cell_state[i] = state;
      tensors.output[i] = LogisticOf(gates[3 * outputs + c]) * TanhOf(state);
    }
  }
  KeepState(shape, tensors);
}

void RunBasicLstm(const BasicLstmShape& shape, int32_t weights_zero_point,
                  FixedMultiplier gate_scale, const QuantizedBasicLstmTensors& tensors) {
  constexpr int kStateBits = 4;
  constexpr int kGateBits = 3;
  Concatenate(shape, tensors.input, tensors.last_output, tensors.concatenated);
  const int64_t depth = shape.depth();
  const int64_t outputs = shape.outputs;
  for (int64_t b = 0; b < shape.batch; ++b) {
    int16_t* const gates = tensors.gate_inputs + b * shape.gates();
    const uint8_t* const row = tensors.concatenated + b * depth;
    for (int64_t g = 0; g < shape.gates(); ++g) {
      const uint8_t* const weights = tensors.weights + g * depth;
      auto sum = static_cast<uint32_t>(tensors.bias[g]);
      for (int64_t d = 0; d < depth; ++d) {
        sum += static_cast<uint32_t>((row[d] - 128) * (weights[d] - weights_zero_point));
      }
      gates[g] = Requantize(static_cast<int32_t>(sum), gate_scale);
    }
    for (int64_t c = 0; c < outputs; ++c) {
      const int64_t i = b * outputs + c;
      const int16_t admitted = SaturatingRoundingDoublingHighMul16(
          LogisticQ3(gates[c]), TanhQ(gates[outputs + c], kGateBits));
      const int16_t kept = SaturatingRoundingDoublingHighMul16(LogisticQ3(gates[2 * outputs + c]),
                                                               tensors.cell_state[i]);
      const auto state =
          static_cast<int16_t>(std::clamp(RescaleQ(admitted, 0, kStateBits) + kept, -32768, 32767));
      tensors.new_cell_state[i] = state;
      const int16_t output = SaturatingRoundingDoublingHighMul16(
          LogisticQ3(gates[3 * outputs + c]),
          TanhQ(RescaleQ(state, kStateBits, kGateBits), kGateBits));
      const int32_t rounded = RoundingDivideByPowerOfTwo(output, 8);
      tensors.output[i] = static_cast<uint8_t>(128 + std::clamp(rounded, -128, 127));
    }
  }
  KeepState(shape, tensors);
}

}  // namespace octolite
