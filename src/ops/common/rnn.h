#pragma once

#include <cstdint>
#include <memory>

#include "kernels/rnn/rnn.h"
#include "ops/op_def.h"

namespace octolite {

// Where the tensors of a plain recurrent cell are among the operator's inputs; -1: there is none.
struct RnnInputs {
  int input = 0;
  int weights = 1;
  int recurrent = 2;
  int bias = 3;
  int state = 4;
  int auxiliary = -1;
  int auxiliary_weights = -1;
};

// A validated cell; the pointers are bound while running.
struct RnnSpec {
  RnnInputs inputs;
  RnnCell cell;
};

// Errors: INVALID_MODEL, UNSUPPORTED_OPERATOR.
Result<RnnSpec> PrepareRnnCell(const PrepareContext& ctx, const RnnInputs& inputs, int32_t batch);

// The cell with the pointers of a run.
RnnCell BindRnnCell(const EvalContext& ctx, const RnnSpec& spec);

// The whole of RNN (activations [batch, depth]) and UNIDIRECTIONAL_SEQUENCE_RNN (three dimensions).
Result<std::unique_ptr<OpKernel>> PrepareRnn(PrepareContext& ctx, bool is_sequence);

// Multiply-adds of a run of either.
int64_t RnnMultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs);

}  // namespace octolite
