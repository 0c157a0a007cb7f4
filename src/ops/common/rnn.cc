#include "ops/common/rnn.h"

#include <string>
#include <utility>

#include "ops/common/recurrent.h"
#include "ops/common/weighted.h"

namespace octolite {
namespace {

Status CheckMatrix(const PrepareContext& ctx, int i, DataType type, int32_t rows, int32_t columns) {
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, i, type, {rows, columns}));
  return ExpectWeightType(ctx, i);
}

class RnnKernel final : public OpKernel {
 public:
  RnnKernel(const RnnSpec& spec, const RecurrentSequence& sequence)
      : spec_(spec), sequence_(sequence) {}

  Status Eval(EvalContext& ctx) const override {
    RunRnn(BindRnnCell(ctx, spec_), sequence_, ctx.input<float>(spec_.inputs.input), nullptr,
           ctx.variable<float>(spec_.inputs.state), ctx.output<float>(0), ctx.scratch<uint8_t>());
    return Status::Ok();
  }

 private:
  RnnSpec spec_;
  RecurrentSequence sequence_;
};

}  // namespace

Result<RnnSpec> PrepareRnnCell(const PrepareContext& ctx, const RnnInputs& inputs, int32_t batch) {
  RnnSpec spec;
  spec.inputs = inputs;
  RnnCell& cell = spec.cell;
  const TensorSpec& x = ctx.input(inputs.input);
  if (x.type != DataType::kFloat32) return ctx.UnsupportedType(x);
  OCTO_ASSIGN_OR_RETURN(cell.activation, ReadGateActivation(ctx));
  cell.asymmetric_rows = ctx.options().Bool("asymmetric_quantize_inputs", false);
  OCTO_RETURN_IF_ERROR(ExpectWeightType(ctx, inputs.weights));
  const TensorSpec& weights = ctx.input(inputs.weights);
  cell.int8_weights = weights.type != DataType::kFloat32;
  if (weights.shape.rank() != 2 || weights.shape.dim(0) < 1) {
    return ctx.InputError(inputs.weights, StatusCode::kInvalidModel, "is no matrix");
  }
  cell.inputs = x.shape.dim(x.shape.rank() - 1);
  cell.units = weights.shape.dim(0);
  OCTO_RETURN_IF_ERROR(CheckMatrix(ctx, inputs.weights, weights.type, cell.units, cell.inputs));
  OCTO_RETURN_IF_ERROR(CheckMatrix(ctx, inputs.recurrent, weights.type, cell.units, cell.units));
  OCTO_RETURN_IF_ERROR(ExpectWeights(ctx, inputs.bias, DataType::kFloat32, {cell.units}));
  OCTO_RETURN_IF_ERROR(
      ExpectState(ctx, inputs.state, DataType::kFloat32, int64_t{batch} * cell.units));
  cell.input.scale = weights.scale();
  cell.recurrent.scale = ctx.input(inputs.recurrent).scale();
  if (HasInput(ctx, inputs.auxiliary_weights)) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(inputs.auxiliary));
    const Shape& auxiliary = ctx.input(inputs.auxiliary).shape;
    cell.auxiliary_inputs = auxiliary.rank() > 0 ? auxiliary.dim(auxiliary.rank() - 1) : 0;
    OCTO_RETURN_IF_ERROR(CheckMatrix(ctx, inputs.auxiliary_weights, weights.type, cell.units,
                                     cell.auxiliary_inputs));
    cell.auxiliary.scale = ctx.input(inputs.auxiliary_weights).scale();
  }
  return spec;
}

RnnCell BindRnnCell(const EvalContext& ctx, const RnnSpec& spec) {
  RnnCell bound = spec.cell;
  bound.input = MatrixAt(ctx, spec.inputs.weights, bound.input.scale);
  bound.recurrent = MatrixAt(ctx, spec.inputs.recurrent, bound.recurrent.scale);
  bound.bias = ctx.input<float>(spec.inputs.bias);
  if (spec.inputs.auxiliary_weights >= 0 && ctx.has_input(spec.inputs.auxiliary_weights)) {
    bound.auxiliary = MatrixAt(ctx, spec.inputs.auxiliary_weights, bound.auxiliary.scale);
  }
  return bound;
}

Result<std::unique_ptr<OpKernel>> PrepareRnn(PrepareContext& ctx, bool is_sequence) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(5, 5, 1));
  OCTO_ASSIGN_OR_RETURN(RecurrentSequence sequence, ReadSequence(ctx, is_sequence));
  OCTO_ASSIGN_OR_RETURN(const RnnSpec spec, PrepareRnnCell(ctx, RnnInputs(), sequence.batch));
  sequence.output_width = spec.cell.units;
  OCTO_RETURN_IF_ERROR(SetSequenceOutput(ctx, 0, spec.cell.units));
  OCTO_RETURN_IF_ERROR(
      RequestCheckedScratch(ctx, RnnScratchBytes(spec.cell, sequence.rows_at_once())));
  return std::unique_ptr<OpKernel>(new RnnKernel(spec, sequence));
}

int64_t RnnMultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  const Shape& output = outputs[0].shape;
  return output.Product(0, output.rank() - 1) *
         (inputs[1].shape.num_elements() + inputs[2].shape.num_elements());
}

}  // namespace octolite
