#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Takes a dimension apart: one output for each of its indices.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const int outputs = ctx.num_outputs();
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, outputs));
  const TensorSpec& input = ctx.input(0);
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, input));
  const int64_t option = ctx.options().Int("axis", 0);
  const auto axis = ResolveAxis(option, input.shape.rank());
  if (!axis || input.shape[*axis] != outputs || ctx.options().Int("num", outputs) != outputs) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + input.shape.ToString() + ", which does not unpack into " +
                              std::to_string(outputs) + " outputs along axis " +
                              std::to_string(option));
  }
  const Strides input_strides = DenseStrides(input.shape, bytes);
  Shape part;
  Strides from = {};
  for (int i = 0; i < input.shape.rank(); ++i) {
    if (i == *axis) continue;
    from[static_cast<size_t>(part.rank())] = input_strides[static_cast<size_t>(i)];
    part.Append(input.shape[i]);
  }
  for (int i = 0; i < outputs; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(input, ctx.output(i)));
    SetMovedShape(ctx, i, part);
  }
  const int64_t step = input_strides[static_cast<size_t>(*axis)];
  const CopyPlan copy = MakeCopyPlan(part, bytes, from, DenseStrides(part, bytes));
  return MakeKernel([copy, step, part](EvalContext& eval) {
    CopyPlan next = copy;
    for (int i = 0; i < eval.num_outputs(); ++i) {
      OCTO_RETURN_IF_ERROR(MoveElements(eval, 0, i, part, next));
      next.from_offset += step;
    }
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kUnpackOp = {
    .op = BuiltinOp::kUnpack,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
