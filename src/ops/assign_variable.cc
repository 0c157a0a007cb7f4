#include "ops/common/resource.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 0));
  OCTO_RETURN_IF_ERROR(ExpectHandle(ctx, 0));
  return MakeKernel([](EvalContext& eval) -> Status {
    OCTO_ASSIGN_OR_RETURN(ResourceVariable* const variable, VariableOf(eval, 0));
    const RuntimeTensor& value = eval.input_tensor(1);
    variable->assigned = true;
    variable->type = value.type;
    variable->shape = value.shape;
    variable->bytes.assign(value.data, value.data + value.bytes);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kAssignVariableOp = {
    .op = BuiltinOp::kAssignVariable, .prepare = Prepare, .pure = false};

}  // namespace octolite
