#include "kernels/lstm/float_cell.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace octolite {
namespace {

// What a step works with.
struct Workspace {
  std::array<float*, kLstmGates> gates;  // [rows, cells] each
  RecurrentRows input, auxiliary, state, hidden;

  Workspace(const FloatLstm& lstm, int32_t rows, ScratchAllocator& scratch) {
    for (float*& gate : gates) gate = scratch.Take<float>(int64_t{rows} * lstm.cells);
    input = {rows, lstm.inputs};
    auxiliary = {rows, lstm.auxiliary_inputs};
    state = {rows, lstm.outputs};
    hidden = {rows, lstm.cells};
    hidden.values = gates[kCellGate];
    if (!lstm.int8_weights) return;
    for (RecurrentRows* const r : {&input, &auxiliary, &state, &hidden}) r->TakeScratch(scratch);
  }
};

void Clip(float* values, int64_t count, float limit) {
  if (!(limit > 0)) return;
  for (int64_t i = 0; i < count; ++i) values[i] = std::max(std::min(limit, values[i]), -limit);
}

// Mean 0 and variance 1, then the factors.
void Normalize(const float* factors, float* values, int64_t count) {
  constexpr float kVarianceGuard = 1e-8f;
  float sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += values[i];
  const float mean = sum / static_cast<float>(count);
  float squares = 0;
  for (int64_t i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  const float variance = squares / static_cast<float>(count);
  const float inverse = 1.0f / std::sqrt(variance + kVarianceGuard);
  for (int64_t i = 0; i < count; ++i) values[i] = (values[i] - mean) * inverse * factors[i];
}

void ComputeGate(const FloatLstm& lstm, const FloatLstmGate& gate, const Workspace& work,
                 const float* cell_state, GateActivation activation, float* out) {
  const int64_t rows = work.input.rows;
  const int64_t cells = lstm.cells;
  for (int64_t r = 0; r < rows; ++r) {
    if (gate.norm != nullptr) {
      std::fill_n(out + r * cells, cells, 0.0f);
    } else {
      std::copy_n(gate.bias, cells, out + r * cells);
    }
  }
  MultiplyAccumulate(gate.input, work.input, out, cells);
  if (gate.auxiliary.present() && work.auxiliary.values != nullptr) {
    MultiplyAccumulate(gate.auxiliary, work.auxiliary, out, cells);
  }
  MultiplyAccumulate(gate.recurrent, work.state, out, cells);
  for (int64_t r = 0; r < rows; ++r) {
    float* const row = out + r * cells;
    if (gate.peephole.present()) {
      for (int64_t c = 0; c < cells; ++c) row[c] += gate.peephole[c] * cell_state[r * cells + c];
    }
    if (gate.norm != nullptr) {
      Normalize(gate.norm, row, cells);
      for (int64_t c = 0; c < cells; ++c) row[c] += gate.bias[c];
    }
  }
  ApplyGateActivation(activation, out, out, static_cast<size_t>(rows * cells));
}

void UpdateCell(const FloatLstm& lstm, const Workspace& work, float* cell_state) {
  const int64_t count = int64_t{work.input.rows} * lstm.cells;
  const float* const forget = work.gates[kForgetGate];
  const float* const cell = work.gates[kCellGate];
  const float* const input = work.gates[kInputGate];
  for (int64_t i = 0; i < count; ++i) {
    const float admitted = lstm.has_input_gate ? input[i] : 1.0f - forget[i];
    cell_state[i] = forget[i] * cell_state[i] + cell[i] * admitted;
  }
  Clip(cell_state, count, lstm.cell_clip);
}

void ComputeOutput(const FloatLstm& lstm, Workspace& work, const float* cell_state,
                   float* output_state) {
  const int64_t rows = work.input.rows;
  const int64_t count = rows * lstm.cells;
  float* const hidden = work.gates[kCellGate];
  ApplyGateActivation(lstm.activation, cell_state, hidden, static_cast<size_t>(count));
  const float* const gate = work.gates[kOutputGate];
  for (int64_t i = 0; i < count; ++i) hidden[i] *= gate[i];
  if (!lstm.projection.present()) {
    std::copy_n(hidden, count, output_state);
    return;
  }
  for (int64_t r = 0; r < rows; ++r) {
    float* const row = output_state + r * lstm.outputs;
    if (lstm.projection_bias != nullptr) {
      std::copy_n(lstm.projection_bias, lstm.outputs, row);
    } else {
      std::fill_n(row, lstm.outputs, 0.0f);
    }
  }
  if (lstm.int8_weights) work.hidden.Quantize(lstm.asymmetric_rows);
  MultiplyAccumulate(lstm.projection, work.hidden, output_state, lstm.outputs);
  Clip(output_state, rows * lstm.outputs, lstm.projection_clip);
}

void Step(const FloatLstm& lstm, Workspace& work, float* output_state, float* cell_state) {
  if (lstm.int8_weights) {
    work.input.Quantize(lstm.asymmetric_rows);
    if (work.auxiliary.values != nullptr) work.auxiliary.Quantize(lstm.asymmetric_rows);
    work.state.Quantize(lstm.asymmetric_rows);
  }
  const auto compute = [&](LstmGateIndex index, GateActivation activation) {
    ComputeGate(lstm, lstm.gates[index], work, cell_state, activation, work.gates[index]);
  };
  if (lstm.has_input_gate) compute(kInputGate, GateActivation::kLogistic);
  compute(kForgetGate, GateActivation::kLogistic);
  compute(kCellGate, lstm.activation);
  UpdateCell(lstm, work, cell_state);
  compute(kOutputGate, GateActivation::kLogistic);
  ComputeOutput(lstm, work, cell_state, output_state);
}

}  // namespace

int64_t FloatLstmScratchBytes(const FloatLstm& lstm, int32_t rows) {
  ScratchAllocator counter;
  const Workspace work(lstm, rows, counter);
  return counter.bytes();
}

void RunFloatLstm(const FloatLstm& lstm, const RecurrentSequence& sequence, const float* input,
                  const float* auxiliary, float* output_state, float* cell_state, float* output,
                  uint8_t* scratch) {
  ScratchAllocator allocator(scratch);
  Workspace work(lstm, sequence.rows_at_once(), allocator);
  sequence.ForEachStep([&](int64_t row, int64_t state_row, int64_t rows) {
    float* const state = output_state + state_row * lstm.outputs;
    work.input.values = input + row * lstm.inputs;
    if (auxiliary != nullptr) work.auxiliary.values = auxiliary + row * lstm.auxiliary_inputs;
    work.state.values = state;
    Step(lstm, work, state, cell_state + state_row * lstm.cells);
    for (int64_t r = 0; r < rows; ++r) {
      std::copy_n(state + r * lstm.outputs, lstm.outputs,
                  output + (row + r) * sequence.output_width + sequence.output_offset);
    }
  });
}

}  // namespace octolite
