#include <cstring>

#include "ops/common/resource.h"
#include "ops/op_def.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ExpectHandle(ctx, 0));
  // What is assigned decides the shape.
  ctx.SetOutputDynamic(0);
  return MakeKernel([](EvalContext& eval) -> Status {
    OCTO_ASSIGN_OR_RETURN(const ResourceVariable* const variable, VariableOf(eval, 0));
    if (!variable->assigned) {
      return Status(StatusCode::kInvalidModel, "reads a variable before anything is assigned");
    }
    if (variable->type != eval.output_tensor(0).type) {
      return Status(StatusCode::kInvalidModel, "reads a variable of another type");
    }
    OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, variable->shape, variable->bytes.size()));
    if (!variable->bytes.empty()) {
      std::memcpy(eval.output<uint8_t>(0), variable->bytes.data(), variable->bytes.size());
    }
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kReadVariableOp = {
    .op = BuiltinOp::kReadVariable, .prepare = Prepare, .pure = false};

}  // namespace octolite
