#include <vector>

#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Input 0: the axis, a constant; input 1: what is split into equal parts, one an output.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const int outputs = ctx.num_outputs();
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, outputs));
  const int64_t parts = ctx.options().Int("num_splits", 0);
  if (parts < 1 || parts != outputs) {
    return ctx.Error(StatusCode::kInvalidModel, "splits into " + std::to_string(parts) +
                                                    " parts but has " + std::to_string(outputs) +
                                                    " outputs");
  }
  const TensorSpec& input = ctx.input(1);
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, input));
  OCTO_RETURN_IF_ERROR(ExpectList(ctx, 0));
  if (!ctx.input(0).is_constant || ctx.input(0).shape.num_elements() != 1) {
    return ctx.InputError(0, StatusCode::kUnsupportedOperator, "needs one axis that is constant");
  }
  const int64_t wanted = ConstantList(ctx.input(0))[0];
  const auto axis = ResolveAxis(wanted, input.shape.rank());
  if (!axis || input.shape[*axis] % outputs != 0) {
    return ctx.InputError(1, StatusCode::kInvalidModel,
                          "has shape " + input.shape.ToString() + ", whose dimension " +
                              std::to_string(wanted) + " does not split into " +
                              std::to_string(outputs) + " equal parts");
  }
  Shape part = input.shape;
  part.set_dim(*axis, input.shape[*axis] / outputs);
  const Strides from = DenseStrides(input.shape, bytes);
  const int64_t step = part[*axis] * from[static_cast<size_t>(*axis)];
  std::vector<CopyPlan> copies;
  for (int i = 0; i < outputs; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.output(i)));
    ctx.SetOutputShape(i, part);
    copies.push_back(MakeCopyPlan(part, bytes, from, DenseStrides(part, bytes), i * step));
  }
  return MakeKernel([copies = std::move(copies)](EvalContext& eval) {
    for (size_t i = 0; i < copies.size(); ++i) {
      RunCopy(copies[i], eval.input<uint8_t>(1), eval.output<uint8_t>(static_cast<int>(i)));
    }
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kSplitOp = {
    .op = BuiltinOp::kSplit,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b10, .scale = ScaleRule::kSameScale, .int8_version = 2},
};

}  // namespace octolite
