#include "ops/common/pool.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const PreparedPool pool, PreparePool(ctx));
  if (ctx.input(0).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.input(0));
  return MakeKernel(
      [shape = pool.shape, range = ActivationRange(pool.activation)](EvalContext& eval) {
        L2PoolFloat(shape, eval.input<float>(0), eval.output<float>(0), range.min, range.max);
        return Status::Ok();
      });
}

}  // namespace

extern const OpDef kL2Pool2DOp = {
    .op = BuiltinOp::kL2Pool2D,
    .prepare = Prepare,
};

}  // namespace octolite
