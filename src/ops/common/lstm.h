#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/lstm/float_cell.h"
#include "kernels/lstm/int8_gate_cell.h"
#include "kernels/lstm/integer_cell.h"
#include "ops/op_def.h"

namespace octolite {

// Where the tensors of an LSTM cell are among the operator's inputs, gates in the order of
// LstmGateIndex; -1: the operator has no such input.
struct LstmInputs {
  using Gates = std::array<int, kLstmGates>;
  int input = 0;
  Gates input_weights = {1, 2, 3, 4};
  Gates recurrent_weights = {5, 6, 7, 8};
  Gates peephole = {9, 10, -1, 11};
  Gates bias = {12, 13, 14, 15};
  int projection_weights = 16;
  int projection_bias = 17;
  int output_state = 18;
  int cell_state = 19;
  Gates norm = {20, 21, 22, 23};
  int auxiliary = -1;
  Gates auxiliary_weights = {-1, -1, -1, -1};
};

// A validated cell on float activations.
struct LstmCell {
  LstmInputs inputs;
  int32_t batch = 0;
  // All but the pointers, which are bound while running; which of them are there is known.
  FloatLstm shape;
};

// Reads the options that all LSTM operators share and validates the tensors of a cell whose
// activations have the type of the weights (or float32) and `batch` rows at a time. With
// `diagonal` allowed, recurrent weights may be vectors. Errors: INVALID_MODEL,
// UNSUPPORTED_OPERATOR.
Result<LstmCell> PrepareLstmCell(const PrepareContext& ctx, const LstmInputs& inputs, int32_t batch,
                                 bool diagonal);

// The cell with the pointers of a run.
FloatLstm BindLstmCell(const EvalContext& ctx, const LstmCell& cell);

// The int8 form of a cell that PrepareLstmCell has validated: its scales and zero points.
Result<IntegerLstm> PrepareIntegerLstm(const PrepareContext& ctx, const LstmCell& cell);

// The older int8 form, of twelve intermediate tensors.
inline constexpr int kInt8LstmIntermediates = 12;
Result<Int8Lstm> PrepareInt8Lstm(const PrepareContext& ctx, const LstmCell& cell);

// The whole of LSTM's full kernel (activations [batch, depth]) and of UNIDIRECTIONAL_SEQUENCE_LSTM
// (three dimensions), whose inputs are those of LstmInputs in order.
Result<std::unique_ptr<OpKernel>> PrepareLstm(PrepareContext& ctx, bool is_sequence);

// Multiply-adds of a run of either.
int64_t LstmMultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs);

}  // namespace octolite
