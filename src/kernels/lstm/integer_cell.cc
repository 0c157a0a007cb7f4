#include "kernels/lstm/integer_cell.h"

#include <algorithm>
#include <cstddef>

#include "kernels/lstm/integer_norm.h"
#include "kernels/lstm/integer_update.h"
#include "kernels/recurrent/fixed_functions.h"
#include "kernels/recurrent/matrix.h"
#include "kernels/recurrent/scratch.h"

namespace octolite {
namespace {

struct Workspace {
  std::array<int16_t*, kLstmGates> gates;  // [rows, cells] each
  int8_t* hidden;                          // [rows, cells]

  Workspace(const IntegerLstm& lstm, int32_t rows, ScratchAllocator& scratch) {
    const int64_t count = int64_t{rows} * lstm.cells;
    for (int16_t*& gate : gates) gate = scratch.Take<int16_t>(count);
    hidden = scratch.Take<int8_t>(count);
  }
};

// The sums of weights [outputs, depth] and a row, with bias, rescaled; `store` gets each.
template <typename F>
void MultiplyRow(const int8_t* row, const int8_t* weights, const int32_t* bias,
                 FixedMultiplier scale, int64_t outputs, int64_t depth, F store) {
  for (int64_t o = 0; o < outputs; ++o) {
    const int32_t sum = WrapAdd(bias[o], DotInt8(row, weights + o * depth, depth));
    store(o, MultiplyByQuantizedMultiplier(sum, scale));
  }
}

void ComputeGate(const IntegerLstm& lstm, const IntegerLstmGate& gate, bool is_cell_gate,
                 int64_t rows, const int8_t* input, const int8_t* output_state,
                 const int16_t* cell_state, int16_t* out) {
  const int64_t cells = lstm.cells;
  for (int64_t r = 0; r < rows; ++r) {
    int16_t* const row = out + r * cells;
    MultiplyRow(input + r * lstm.inputs, gate.input_weights, gate.input_bias.data(),
                gate.input_scale, cells, lstm.inputs,
                [&](int64_t c, int32_t value) { row[c] = Saturate16(value); });
    MultiplyRow(output_state + r * lstm.outputs, gate.recurrent_weights, gate.recurrent_bias.data(),
                gate.recurrent_scale, cells, lstm.outputs,
                [&](int64_t c, int32_t value) { row[c] = Saturate16(WrapAdd(value, row[c])); });
  }
  if (gate.peephole != nullptr) {
    // The peer walks rows of `outputs` values here, not of `cells`, which is another value where
    // there is a projection.
    for (int64_t i = 0; i < rows * lstm.outputs; ++i) {
      const int32_t product = int32_t{gate.peephole[i % lstm.outputs]} * int32_t{cell_state[i]};
      out[i] =
          Saturate16(WrapAdd(MultiplyByQuantizedMultiplier(product, gate.peephole_scale), out[i]));
    }
  }
  for (int64_t r = 0; gate.norm != nullptr && r < rows; ++r) {
    NormalizeGate(gate.norm, gate.norm_bias, gate.norm_scale, gate.variance_guard, cells,
                  out + r * cells);
  }
  for (int64_t i = 0; i < rows * cells; ++i) {
    out[i] = is_cell_gate ? TanhQ(out[i], 3) : LogisticQ3(out[i]);
  }
}

void ComputeOutput(const IntegerLstm& lstm, const Workspace& work, int64_t rows,
                   const int16_t* cell_state, int8_t* output_state) {
  const bool projects = lstm.projection_weights != nullptr;
  // The projection's bias holds hidden_zero_point * weights, which takes the opposite here.
  const int32_t zero_point = projects ? -lstm.hidden_zero_point : lstm.hidden_zero_point;
  int8_t* const hidden = projects ? work.hidden : output_state;
  const int16_t* const gate = work.gates[kOutputGate];
  for (int64_t i = 0; i < rows * lstm.cells; ++i) {
    const int32_t product =
        int32_t{gate[i]} * int32_t{TanhQ(cell_state[i], 15 + lstm.cell_scale_log2)};
    hidden[i] =
        Saturate8(WrapAdd(MultiplyByQuantizedMultiplier(product, lstm.hidden_scale), zero_point));
  }
  for (int64_t r = 0; projects && r < rows; ++r) {
    int8_t* const row = output_state + r * lstm.outputs;
    MultiplyRow(hidden + r * lstm.cells, lstm.projection_weights, lstm.projection_bias.data(),
                lstm.projection_scale, lstm.outputs, lstm.cells, [&](int64_t o, int32_t value) {
                  row[o] = Saturate8(WrapAdd(value, lstm.output_zero_point));
                  if (lstm.projection_clip > 0) {
                    row[o] = std::clamp<int8_t>(row[o], static_cast<int8_t>(-lstm.projection_clip),
                                                lstm.projection_clip);
                  }
                });
  }
}

}  // namespace

std::vector<int32_t> FoldZeroPoint(const int8_t* weights, int32_t rows, int32_t columns,
                                   int32_t zero_point, const int32_t* bias) {
  std::vector<int32_t> folded(static_cast<size_t>(rows));
  for (int64_t r = 0; r < rows; ++r) {
    uint32_t sum = 0;
    for (int64_t c = 0; c < columns; ++c) {
      sum += static_cast<uint32_t>(int32_t{weights[r * columns + c]});
    }
    folded[static_cast<size_t>(r)] = static_cast<int32_t>(
        sum * static_cast<uint32_t>(zero_point) + static_cast<uint32_t>(bias ? bias[r] : 0));
  }
  return folded;
}

int64_t IntegerLstmScratchBytes(const IntegerLstm& lstm, int32_t rows) {
  ScratchAllocator counter;
  const Workspace work(lstm, rows, counter);
  return counter.bytes();
}

void RunIntegerLstm(const IntegerLstm& lstm, const RecurrentSequence& sequence, const int8_t* input,
                    int8_t* output_state, int16_t* cell_state, int8_t* output, uint8_t* scratch) {
  ScratchAllocator allocator(scratch);
  const Workspace work(lstm, sequence.rows_at_once(), allocator);
  sequence.ForEachStep([&](int64_t row, int64_t state_row, int64_t rows) {
    const int8_t* const x = input + row * lstm.inputs;
    int8_t* const state = output_state + state_row * lstm.outputs;
    int16_t* const cells = cell_state + state_row * lstm.cells;
    const auto compute = [&](LstmGateIndex index) {
      ComputeGate(lstm, lstm.gates[index], index == kCellGate, rows, x, state, cells,
                  work.gates[index]);
    };
    if (lstm.has_input_gate) compute(kInputGate);
    compute(kForgetGate);
    compute(kCellGate);
    UpdateIntegerCell(
        rows * lstm.cells, lstm.cell_scale_log2, lstm.cell_clip, work.gates[kForgetGate],
        lstm.has_input_gate ? work.gates[kInputGate] : nullptr, work.gates[kCellGate], cells);
    compute(kOutputGate);
    ComputeOutput(lstm, work, rows, cells, state);
    std::copy_n(state, rows * lstm.outputs, output + row * sequence.output_width);
  });
}

}  // namespace octolite
