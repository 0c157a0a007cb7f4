#include <cmath>

#include "kernels/normalize/normalize.h"
#include "ops/common/rows.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const Rows size, PrepareRows(ctx));
  const TensorSpec& input = ctx.input(0);
  if (input.type != DataType::kFloat32) return ctx.UnsupportedType(input);
  if (input.shape.rank() != 4) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "needs 4 dimensions, not " + input.shape.ToString());
  }
  LocalResponse params;
  params.radius = ctx.options().Int("radius", 0);
  params.bias = ctx.options().Float("bias", 0.0f);
  params.alpha = ctx.options().Float("alpha", 0.0f);
  params.beta = ctx.options().Float("beta", 0.0f);
  params.with_last = ctx.arithmetic() == Arithmetic::kLitert;
  if (params.radius < 0) return ctx.Error(StatusCode::kInvalidModel, "has a negative radius");
  return MakeKernel([size, params](EvalContext& eval) {
    LocalResponseNormalize(params, eval.input<float>(0), eval.output<float>(0), size.rows,
                           size.depth);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kLocalResponseNormalizationOp = {
    .op = BuiltinOp::kLocalResponseNormalization,
    .prepare = Prepare,
};

}  // namespace octolite
