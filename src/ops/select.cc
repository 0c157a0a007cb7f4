#include "ops/common/select.h"

namespace octolite {
namespace {

// The condition has the shape of the values, or is a scalar, or has one element for every row of
// the values.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectSelectTypes(ctx));
  const Shape& condition = ctx.input(0).shape;
  const Shape& x = ctx.input(1).shape;
  if (SelectsOneElement(ctx)) {
    return PrepareSelect(ctx, Shape(), Shape(), Shape(), ctx.output(0).shape);
  }
  const bool by_row = condition.rank() == 1 && x.rank() >= 1 && condition[0] == x[0];
  if (!(x == ctx.input(2).shape) || !(by_row || condition.rank() == 0 || condition == x)) {
    return ctx.Error(StatusCode::kShapeMismatch, "cannot choose between " + x.ToString() + " and " +
                                                     ctx.input(2).shape.ToString() + " by " +
                                                     condition.ToString());
  }
  Shape spread = condition;
  while (by_row && spread.rank() < x.rank()) spread.Append(1);
  return PrepareSelect(ctx, spread, x, x, x);
}

}  // namespace

extern const OpDef kSelectOp = {
    .op = BuiltinOp::kSelect,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b110,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 1},
};

}  // namespace octolite
