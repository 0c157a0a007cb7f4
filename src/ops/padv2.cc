#include "ops/common/pad.h"

namespace octolite {
namespace {

// Pads with the one element of input 2.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, PreparePadTypes(ctx));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(2)));
  if (ctx.input(2).shape.num_elements() != 1) {
    return ctx.InputError(
        2, StatusCode::kInvalidModel,
        "has shape " + ctx.input(2).shape.ToString() + " where one padding value is needed");
  }
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakePadParams(input, lists[0], bytes);
      },
      [=](const PadParams& params, EvalContext& eval) {
        RunPad(params, eval.input<uint8_t>(2), bytes, eval);
      });
}

}  // namespace

extern const OpDef kPadv2Op = {
    .op = BuiltinOp::kPadv2,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b101,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
