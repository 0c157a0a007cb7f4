#include <cstring>

#include "ops/op_def.h"

namespace octolite {
namespace {

// A copy: the plan has made the sparse constant dense when it loaded it.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  if (DataTypeBits(ctx.input(0).type) == 0) return ctx.UnsupportedType(ctx.input(0));
  if (!ctx.input(0).is_constant) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "is not constant, so cannot be sparse");
  }
  ctx.SetOutputShape(0, ctx.input(0).shape);
  return MakeKernel([](EvalContext& eval) {
    const RuntimeTensor& output = eval.output_tensor(0);
    if (output.bytes > 0) std::memcpy(output.data, eval.input<uint8_t>(0), output.bytes);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kDensifyOp = {.op = BuiltinOp::kDensify, .prepare = Prepare};

}  // namespace octolite
