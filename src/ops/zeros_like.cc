#include <cstring>

#include "ops/op_def.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  ctx.SetOutputType(0, ctx.input(0).type);
  const DataType type = ctx.input(0).type;
  if (type != DataType::kFloat32 && type != DataType::kInt32 && type != DataType::kInt64) {
    return ctx.UnsupportedType(ctx.input(0));
  }
  ctx.SetOutputShape(0, ctx.input(0).shape);
  return MakeKernel([](EvalContext& eval) {
    const RuntimeTensor& output = eval.output_tensor(0);
    if (output.bytes > 0) std::memset(output.data, 0, output.bytes);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kZerosLikeOp = {
    .op = BuiltinOp::kZerosLike, .prepare = Prepare, .shape_only = true};

}  // namespace octolite
