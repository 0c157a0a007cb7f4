#include <algorithm>
#include <string>

#include "ops/common/bidirectional.h"
#include "ops/common/rnn.h"
#include "ops/op_def.h"

// BIDIRECTIONAL_SEQUENCE_RNN. Inputs: activations, then weights, recurrent weights, bias and state
// of the forward cell (1 to 4) and of the backward cell (5 to 8), auxiliary activations (9) and
// auxiliary weights of the two cells (10, 11). Options: time_major, fused_activation_function,
// merge_outputs, asymmetric_quantize_inputs.
//
// Not as LiteRT: it steps through auxiliary activations by the depth of the others, which reads
// other steps' values, or none of the tensor's, where the two depths differ.

namespace octolite {
namespace {

constexpr int kAuxiliary = 9;
constexpr int32_t kMostPasses = 1024;

class BidirectionalRnnKernel final : public OpKernel {
 public:
  BidirectionalRnnKernel(const Bidirectional& both, const RnnSpec& forward, const RnnSpec& backward,
                         int32_t passes)
      : both_(both), forward_(forward), backward_(backward), passes_(passes) {}

  Status Eval(EvalContext& ctx) const override {
    const float* const auxiliary =
        both_.auxiliary >= 0 ? ctx.input<float>(both_.auxiliary) : nullptr;
    for (int32_t pass = 0; pass < passes_; ++pass) {
      RunRnn(BindRnnCell(ctx, forward_), both_.forward, ctx.input<float>(0), auxiliary,
             ctx.variable<float>(forward_.inputs.state), ctx.output<float>(0),
             ctx.scratch<uint8_t>());
      RunRnn(BindRnnCell(ctx, backward_), both_.backward, ctx.input<float>(both_.backward_input),
             auxiliary, ctx.variable<float>(backward_.inputs.state),
             ctx.output<float>(both_.merged ? 0 : 1), ctx.scratch<uint8_t>());
    }
    return Status::Ok();
  }

 private:
  Bidirectional both_;
  RnnSpec forward_;
  RnnSpec backward_;
  int32_t passes_;
};

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  constexpr RnnInputs kForward = {.auxiliary = kAuxiliary, .auxiliary_weights = 10};
  constexpr RnnInputs kBackward = {.weights = 5,
                                   .recurrent = 6,
                                   .bias = 7,
                                   .state = 8,
                                   .auxiliary = kAuxiliary,
                                   .auxiliary_weights = 11};
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(9, 12, ctx.num_outputs()));
  OCTO_ASSIGN_OR_RETURN(Bidirectional both,
                        ReadBidirectional(ctx, kAuxiliary, kForward.auxiliary_weights, false));
  if (ctx.has_input(kForward.auxiliary_weights) != ctx.has_input(kBackward.auxiliary_weights)) {
    return ctx.Error(StatusCode::kInvalidModel, "has auxiliary weights for one cell alone");
  }
  // The peer's backward cell reads the auxiliary input in its place only when time comes first.
  if (!both.forward.time_major) both.backward_input = 0;
  const int32_t batch = both.forward.batch;
  OCTO_ASSIGN_OR_RETURN(const RnnSpec forward, PrepareRnnCell(ctx, kForward, batch));
  OCTO_ASSIGN_OR_RETURN(const RnnSpec backward, PrepareRnnCell(ctx, kBackward, batch));
  OCTO_RETURN_IF_ERROR(
      ctx.ExpectSameType(ctx.input(kForward.weights), ctx.input(kBackward.weights)));
  OCTO_RETURN_IF_ERROR(SetBidirectionalOutputs(ctx, forward.cell.units, backward.cell.units, both));
  const int32_t rows = both.forward.rows_at_once();
  OCTO_RETURN_IF_ERROR(RequestCheckedScratch(
      ctx, std::max(RnnScratchBytes(forward.cell, rows), RnnScratchBytes(backward.cell, rows))));
  // With int8 weights and time first, the peer walks the sequence once for each of its steps, and
  // the state goes on from pass to pass.
  const bool repeats = forward.cell.int8_weights && both.forward.time_major;
  if (repeats && both.forward.time > kMostPasses) {
    return ctx.InputError(0, StatusCode::kUnsupportedOperator,
                          "has more than " + std::to_string(kMostPasses) +
                              " steps, time first, which does not run with int8 weights");
  }
  return std::unique_ptr<OpKernel>(
      new BidirectionalRnnKernel(both, forward, backward, repeats ? both.forward.time : 1));
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  int64_t weights = 0;
  for (const size_t i : {1u, 2u, 5u, 6u, 10u, 11u}) {
    if (i < inputs.size() && inputs[i].index != kNoTensor)
      weights += inputs[i].shape.num_elements();
  }
  return outputs[0].shape.Product(0, 2) * weights;
}

}  // namespace

extern const OpDef kBidirectionalSequenceRnnOp = {
    .op = BuiltinOp::kBidirectionalSequenceRnn,
    .prepare = Prepare,
    .multiply_adds = MultiplyAdds,
    .pure = false,
};

}  // namespace octolite
