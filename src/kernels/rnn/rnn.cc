#include "kernels/rnn/rnn.h"

#include <algorithm>
#include <cstddef>

#include "kernels/recurrent/scratch.h"

namespace octolite {
namespace {

struct Workspace {
  RecurrentRows input, auxiliary, state;

  Workspace(const RnnCell& cell, int32_t rows, ScratchAllocator& scratch) {
    input = {rows, cell.inputs};
    auxiliary = {rows, cell.auxiliary_inputs};
    state = {rows, cell.units};
    if (!cell.int8_weights) return;
    for (RecurrentRows* const r : {&input, &auxiliary, &state}) r->TakeScratch(scratch);
  }
};

void Accumulate(const RnnCell& cell, const RecurrentMatrix& matrix, RecurrentRows& rows, float* out,
                int64_t out_stride) {
  if (cell.int8_weights) rows.Quantize(cell.asymmetric_rows);
  MultiplyAccumulate(matrix, rows, out, out_stride);
}

}  // namespace

int64_t RnnScratchBytes(const RnnCell& cell, int32_t rows) {
  ScratchAllocator counter;
  const Workspace work(cell, rows, counter);
  return counter.bytes();
}

void RunRnn(const RnnCell& cell, const RecurrentSequence& sequence, const float* input,
            const float* auxiliary, float* state, float* output, uint8_t* scratch) {
  ScratchAllocator allocator(scratch);
  Workspace work(cell, sequence.rows_at_once(), allocator);
  const int64_t width = sequence.output_width;
  sequence.ForEachStep([&](int64_t row, int64_t state_row, int64_t rows) {
    float* const hidden = state + state_row * cell.units;
    float* const out = output + row * width + sequence.output_offset;
    for (int64_t r = 0; r < rows; ++r) std::copy_n(cell.bias, cell.units, out + r * width);
    work.input.values = input + row * cell.inputs;
    Accumulate(cell, cell.input, work.input, out, width);
    if (cell.auxiliary.present() && auxiliary != nullptr) {
      work.auxiliary.values = auxiliary + row * cell.auxiliary_inputs;
      Accumulate(cell, cell.auxiliary, work.auxiliary, out, width);
    }
    work.state.values = hidden;
    Accumulate(cell, cell.recurrent, work.state, out, width);
    for (int64_t r = 0; r < rows; ++r) {
      float* const out_row = out + r * width;
      ApplyGateActivation(cell.activation, out_row, out_row, static_cast<size_t>(cell.units));
      std::copy_n(out_row, cell.units, hidden + r * cell.units);
    }
  });
}

}  // namespace octolite
