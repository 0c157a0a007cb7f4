#include "ops/common/binary.h"
#include "ops/common/select.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectSelectTypes(ctx));
  const Shape& condition = ctx.input(0).shape;
  if (SelectsOneElement(ctx)) {
    return PrepareSelect(ctx, Shape(), Shape(), Shape(), ctx.output(0).shape);
  }
  OCTO_ASSIGN_OR_RETURN(const Shape values,
                        BroadcastShapes(ctx, ctx.input(1).shape, ctx.input(2).shape));
  OCTO_ASSIGN_OR_RETURN(const Shape shape, BroadcastShapes(ctx, condition, values));
  return PrepareSelect(ctx, condition, ctx.input(1).shape, ctx.input(2).shape, shape);
}

}  // namespace

extern const OpDef kSelectV2Op = {
    .op = BuiltinOp::kSelectV2,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b110,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 1},
};

}  // namespace octolite
