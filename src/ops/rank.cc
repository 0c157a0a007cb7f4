#include "ops/op_def.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kInt32));
  ctx.SetOutputShape(0, Shape());
  return MakeKernel([rank = ctx.input(0).shape.rank()](EvalContext& eval) {
    *eval.output<int32_t>(0) = rank;
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kRankOp = {.op = BuiltinOp::kRank, .prepare = Prepare, .shape_only = true};

}  // namespace octolite
