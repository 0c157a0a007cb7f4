#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct FillParams {
  Shape output;
};

Result<FillParams> MakeParams(const IntList& wanted) {
  OCTO_ASSIGN_OR_RETURN(const Shape shape, ShapeFromList(wanted));
  return FillParams{shape};
}

// Input 0: a shape; input 1: the one value of all elements.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  ctx.SetOutputType(0, ctx.input(1).type);
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(1)));
  if (ctx.input(1).shape.num_elements() != 1) {
    return ctx.InputError(
        1, StatusCode::kInvalidModel,
        "has shape " + ctx.input(1).shape.ToString() + " where one value is needed");
  }
  return PrepareWithLists(
      ctx, 1, {0},
      [](const Shape&, std::span<const IntList> lists) { return MakeParams(lists[0]); },
      [=](const FillParams& params, EvalContext& eval) {
        return MoveElements(eval, 1, 0, params.output, [&](const uint8_t* from, uint8_t* to) {
          FillElements(to, static_cast<size_t>(params.output.num_elements()), from, bytes);
          return Status::Ok();
        });
      });
}

}  // namespace

extern const OpDef kFillOp = {
    .op = BuiltinOp::kFill,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b10,
              .scale = ScaleRule::kSameScale,
              .int8_version = 3,
              .int16_version = 3},
};

}  // namespace octolite
