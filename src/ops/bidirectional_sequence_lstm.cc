#include <algorithm>
#include <string>
#include <utility>

#include "ops/common/bidirectional.h"
#include "ops/common/lstm.h"
#include "ops/op_def.h"

// BIDIRECTIONAL_SEQUENCE_LSTM on float activations. Inputs: activations, then the tensors of LSTM's
// full kernel for the forward cell (1 to 17) and the backward cell (18 to 34), the states of both
// (35 to 38), auxiliary activations (39) and auxiliary weights of both (40 to 47). Options:
// time_major (true where left out), fused_activation_function, cell_clip, proj_clip, merge_outputs,
// asymmetric_quantize_inputs.
//
// Not as LiteRT: batch first with merged outputs, it steps through the states by the width of both
// outputs, and so past their end from the second batch on. Here every batch has its own state.

namespace octolite {
namespace {

constexpr int kInputs = 48;
constexpr int kAuxiliary = 39;

// The inputs of a cell whose first weights are input `first`.
constexpr LstmInputs CellInputs(int first, int state, int auxiliary_weights) {
  const auto at = [first](int i) { return first - 1 + i; };
  LstmInputs inputs;
  inputs.input_weights = {at(1), at(2), at(3), at(4)};
  inputs.recurrent_weights = {at(5), at(6), at(7), at(8)};
  inputs.peephole = {at(9), at(10), -1, at(11)};
  inputs.bias = {at(12), at(13), at(14), at(15)};
  inputs.projection_weights = at(16);
  inputs.projection_bias = at(17);
  inputs.output_state = state;
  inputs.cell_state = state + 1;
  inputs.norm = {-1, -1, -1, -1};
  inputs.auxiliary = kAuxiliary;
  inputs.auxiliary_weights = {auxiliary_weights, auxiliary_weights + 1, auxiliary_weights + 2,
                              auxiliary_weights + 3};
  return inputs;
}

class BidirectionalLstmKernel final : public OpKernel {
 public:
  BidirectionalLstmKernel(const Bidirectional& both, LstmCell forward, LstmCell backward)
      : both_(both), forward_(std::move(forward)), backward_(std::move(backward)) {}

  Status Eval(EvalContext& ctx) const override {
    Run(ctx, forward_, both_.forward, 0, 0);
    Run(ctx, backward_, both_.backward, both_.backward_input, both_.merged ? 0 : 1);
    return Status::Ok();
  }

 private:
  void Run(EvalContext& ctx, const LstmCell& cell, const RecurrentSequence& sequence, int input,
           int output) const {
    RunFloatLstm(BindLstmCell(ctx, cell), sequence, ctx.input<float>(input),
                 both_.auxiliary >= 0 ? ctx.input<float>(both_.auxiliary) : nullptr,
                 ctx.variable<float>(cell.inputs.output_state),
                 ctx.variable<float>(cell.inputs.cell_state), ctx.output<float>(output),
                 ctx.scratch<uint8_t>());
  }

  Bidirectional both_;
  LstmCell forward_;
  LstmCell backward_;
};

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  constexpr LstmInputs kForward = CellInputs(1, 35, 40);
  constexpr LstmInputs kBackward = CellInputs(18, 37, 44);
  if (ctx.num_inputs() != kInputs) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has " + std::to_string(ctx.num_inputs()) + " inputs where it takes 48");
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  if (ctx.input(0).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.input(0));
  const int forward_auxiliary = kForward.auxiliary_weights[kForgetGate];
  const int backward_auxiliary = kBackward.auxiliary_weights[kForgetGate];
  OCTO_ASSIGN_OR_RETURN(Bidirectional both,
                        ReadBidirectional(ctx, kAuxiliary, forward_auxiliary, true));
  if (ctx.has_input(forward_auxiliary) != ctx.has_input(backward_auxiliary)) {
    return ctx.Error(StatusCode::kInvalidModel, "has auxiliary weights for one cell alone");
  }
  const int32_t batch = both.forward.batch;
  OCTO_ASSIGN_OR_RETURN(LstmCell forward, PrepareLstmCell(ctx, kForward, batch, false));
  OCTO_ASSIGN_OR_RETURN(LstmCell backward, PrepareLstmCell(ctx, kBackward, batch, false));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(kForward.input_weights[kOutputGate]),
                                          ctx.input(kBackward.input_weights[kOutputGate])));
  OCTO_RETURN_IF_ERROR(
      SetBidirectionalOutputs(ctx, forward.shape.outputs, backward.shape.outputs, both));
  const int32_t rows = both.forward.rows_at_once();
  OCTO_RETURN_IF_ERROR(
      RequestCheckedScratch(ctx, std::max(FloatLstmScratchBytes(forward.shape, rows),
                                          FloatLstmScratchBytes(backward.shape, rows))));
  return std::unique_ptr<OpKernel>(
      new BidirectionalLstmKernel(both, std::move(forward), std::move(backward)));
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  int64_t weights = 0;
  for (size_t i = 1; i < inputs.size(); ++i) {
    const bool is_matrix = (i < 35 || i > kAuxiliary) && inputs[i].shape.rank() == 2;
    if (is_matrix) weights += inputs[i].shape.num_elements();
  }
  return outputs[0].shape.Product(0, 2) * weights;
}

}  // namespace

extern const OpDef kBidirectionalSequenceLstmOp = {
    .op = BuiltinOp::kBidirectionalSequenceLstm,
    .prepare = Prepare,
    .multiply_adds = MultiplyAdds,
    .pure = false,
};

}  // namespace octolite
