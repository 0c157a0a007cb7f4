#include "kernels/lstm/int8_gate_cell.h"

#include <algorithm>
#include <cmath>

#include "kernels/lstm/integer_update.h"
#include "kernels/recurrent/fixed_functions.h"
#include "kernels/recurrent/scratch.h"

namespace octolite {
namespace {

struct Workspace {
  std::array<int16_t*, kLstmGates> gates;  // [rows, cells] each
  int8_t* from_input;                      // [rows, cells]
  int8_t* from_state;                      // [rows, cells]

  Workspace(const Int8Lstm& lstm, int32_t rows, ScratchAllocator& scratch) {
    const int64_t count = int64_t{rows} * lstm.cells;
    for (int16_t*& gate : gates) gate = scratch.Take<int16_t>(count);
    from_input = scratch.Take<int8_t>(count);
    from_state = scratch.Take<int8_t>(count);
  }
};

// Towards zero; what no int32 holds is the lowest, as x86 converts it.
int16_t TruncateTo16(float x) {
  if (!(x >= -2147483648.0f && x < 2147483648.0f)) return INT16_MIN;
  return Saturate16(static_cast<int32_t>(x));
}

// A matrix [cells, depth] times rows [rows, depth] less their zero point, rounded to int8.
void Multiply(const int8_t* matrix, const int8_t* input, int32_t input_zero_point, int64_t rows,
              int64_t cells, int64_t depth, FixedMultiplier scale, int32_t zero_point,
              int8_t* out) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cells; ++c) {
      uint32_t sum = 0;
      for (int64_t d = 0; d < depth; ++d) {
        sum += static_cast<uint32_t>((input[r * depth + d] - input_zero_point) *
                                     matrix[c * depth + d]);
      }
      const int32_t scaled = MultiplyByQuantizedMultiplier(static_cast<int32_t>(sum), scale);
      out[r * cells + c] = Saturate8(WrapAdd(scaled, zero_point));
    }
  }
}

// Mean 0 and variance 1, factors and bias, to Q3.12.
void Normalize(const Int8LstmGate& gate, int64_t cells, int16_t* values) {
  constexpr float kQ12 = 4096.0f;
  const float bias_scale = gate.norm_scale / 1024;
  float sum = 0;
  float squares = 0;
  for (int64_t c = 0; c < cells; ++c) {
    const auto value = static_cast<float>(values[c]);
    sum += value;
    squares += value * value;
  }
  const auto count = static_cast<float>(cells);
  const float mean = sum / count;
  const float variance = squares / count - mean * mean;
  const float inverse = 1.0f / std::sqrt(variance == 0 ? 1e-8f : variance);
  for (int64_t c = 0; c < cells; ++c) {
    const float normal = (static_cast<float>(values[c]) - mean) * inverse;
    const float weighted = normal * static_cast<float>(gate.norm[c]) * gate.norm_scale +
                           static_cast<float>(gate.bias[c]) * bias_scale;
    values[c] = TruncateTo16(std::round(weighted * kQ12));
  }
}

int16_t LogisticQ12(int16_t x) {
  const float real = static_cast<float>(x) / 4096;
  return TruncateTo16(1.0f / (1.0f + std::exp(-real)) * 32768);
}

int16_t TanhOfScaled(int16_t x, float scale) {
  return TruncateTo16(std::tanh(static_cast<float>(x) * scale) * 32768);
}

void ComputeGate(const Int8Lstm& lstm, const Int8LstmGate& gate, const Workspace& work,
                 bool is_cell_gate, int64_t rows, const int8_t* input, const int8_t* state,
                 int16_t* out) {
  const int64_t cells = lstm.cells;
  Multiply(gate.input_weights, input, lstm.input_zero_point, rows, cells, lstm.inputs,
           gate.input_scale, gate.input_zero_point, work.from_input);
  Multiply(gate.recurrent_weights, state, lstm.output_zero_point, rows, cells, lstm.outputs,
           gate.recurrent_scale, gate.recurrent_zero_point, work.from_state);
  for (int64_t i = 0; i < rows * cells; ++i) {
    const int32_t from_input = MultiplyByQuantizedMultiplier(
        work.from_input[i] - gate.input_zero_point, gate.input_to_sum);
    const int32_t from_state = MultiplyByQuantizedMultiplier(
        work.from_state[i] - gate.recurrent_zero_point, gate.recurrent_to_sum);
    out[i] = Saturate16(WrapAdd(from_input, from_state));
  }
  for (int64_t r = 0; r < rows; ++r) Normalize(gate, cells, out + r * cells);
  for (int64_t i = 0; i < rows * cells; ++i) {
    out[i] = is_cell_gate ? TanhOfScaled(out[i], 1.0f / 4096) : LogisticQ12(out[i]);
  }
}

// x * scale with a multiplier of 16 bits, to nearest, ties up. No sum of a model that fits into
// memory is near the bounds.
int32_t MultiplyWide(int64_t x, FixedMultiplier scale) {
  constexpr int64_t kBound = int64_t{1} << 46;
  const int32_t reduced =
      scale.multiplier < 0x7FFF0000 ? (scale.multiplier + (1 << 15)) >> 16 : 0x7FFF;
  const int shift = 15 - scale.shift;
  return static_cast<int32_t>(
      (std::clamp(x, -kBound, kBound) * reduced + (int64_t{1} << (shift - 1))) >> shift);
}

void ComputeOutput(const Int8Lstm& lstm, const Workspace& work, int64_t rows,
                   const int16_t* cell_state, int8_t* output_state) {
  int16_t* const hidden = work.gates[kForgetGate];
  const int16_t* const gate = work.gates[kOutputGate];
  for (int64_t i = 0; i < rows * lstm.cells; ++i) {
    const int32_t product = int32_t{gate[i]} * TanhOfScaled(cell_state[i], 1.0f / 32768);
    hidden[i] = static_cast<int16_t>(RoundingDivideByPowerOfTwo(product, 15));
  }
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < lstm.outputs; ++o) {
      int64_t sum = lstm.projection_bias[o];
      for (int64_t c = 0; c < lstm.cells; ++c) {
        sum += int32_t{hidden[r * lstm.cells + c]} *
               int32_t{lstm.projection_weights[o * lstm.cells + c]};
      }
      int32_t value =
          Saturate8(WrapAdd(MultiplyWide(sum, lstm.projection_scale), lstm.output_zero_point));
      const int32_t limit = lstm.projection_clip > 0 ? lstm.projection_clip : 128;
      value = std::clamp(value, -limit, limit);
      output_state[r * lstm.outputs + o] = static_cast<int8_t>(value);
    }
  }
}

}  // namespace

int64_t IntegerLstmScratchBytes(const Int8Lstm& lstm, int32_t rows) {
  ScratchAllocator counter;
  const Workspace work(lstm, rows, counter);
  return counter.bytes();
}

void RunIntegerLstm(const Int8Lstm& lstm, const RecurrentSequence& sequence, const int8_t* input,
                    int8_t* output_state, int16_t* cell_state, int8_t* output, uint8_t* scratch) {
  constexpr int kCellScaleLog2 = -15;
  ScratchAllocator allocator(scratch);
  const Workspace work(lstm, sequence.rows_at_once(), allocator);
  sequence.ForEachStep([&](int64_t row, int64_t state_row, int64_t rows) {
    const int8_t* const x = input + row * lstm.inputs;
    int8_t* const state = output_state + state_row * lstm.outputs;
    int16_t* const cells = cell_state + state_row * lstm.cells;
    const auto compute = [&](LstmGateIndex index) {
      ComputeGate(lstm, lstm.gates[index], work, index == kCellGate, rows, x, state,
                  work.gates[index]);
    };
    compute(kForgetGate);
    compute(kCellGate);
    UpdateIntegerCell(rows * lstm.cells, kCellScaleLog2, lstm.cell_clip, work.gates[kForgetGate],
                      nullptr, work.gates[kCellGate], cells);
    compute(kOutputGate);
    ComputeOutput(lstm, work, rows, cells, state);
    std::copy_n(state, rows * lstm.outputs, output + row * sequence.output_width);
  });
}

}  // namespace octolite
