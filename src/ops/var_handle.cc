#include <string>

#include "ops/op_def.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(0, 0, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kResource));
  ctx.SetOutputShape(0, Shape({1}));
  const ResourceStore::Key key(ctx.options().String("container"),
                               ctx.options().String("shared_name"));
  return MakeKernel([key](EvalContext& eval) {
    *eval.output<int32_t>(0) = eval.host().resources().VariableHandle(key);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kVarHandleOp = {.op = BuiltinOp::kVarHandle, .prepare = Prepare, .pure = false};

}  // namespace octolite
