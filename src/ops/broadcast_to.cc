#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct BroadcastParams {
  Shape output;
  CopyPlan copy;
};

Result<BroadcastParams> MakeParams(const Shape& input, const IntList& wanted,
                                   size_t element_bytes) {
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(wanted));
  const int added = output.rank() - input.rank();
  const Strides input_strides = DenseStrides(input, element_bytes);
  Strides from = {};
  bool fits = added >= 0;
  for (int i = 0; fits && i < input.rank(); ++i) {
    fits = input[i] == output[i + added] || input[i] == 1;
    if (input[i] != 1) {
      from[static_cast<size_t>(i + added)] = input_strides[static_cast<size_t>(i)];
    }
  }
  if (!fits) {
    return Status(
        StatusCode::kShapeMismatch,
        "has shape " + input.ToString() + ", which does not broadcast to " + output.ToString());
  }
  return BroadcastParams{
      output, MakeCopyPlan(output, element_bytes, from, DenseStrides(output, element_bytes))};
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], bytes);
      },
      [](const BroadcastParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, params.copy);
      });
}

}  // namespace

extern const OpDef kBroadcastToOp = {
    .op = BuiltinOp::kBroadcastTo,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .scale = ScaleRule::kSameScale, .int8_version = 3},
};

}  // namespace octolite
