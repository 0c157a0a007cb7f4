#include "kernels/elementwise/cast.h"

#include "ops/op_def.h"

namespace octolite {
namespace {

// The types are those of the tensors, whatever the options say of them.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const DataType from = ctx.input(0).type;
  const DataType to = ctx.output(0).type;
  if (!CanCast(from, DataType::kFloat32)) return ctx.UnsupportedType(ctx.input(0));
  if (!CanCast(from, to)) return ctx.UnsupportedType(ctx.output(0));
  ctx.SetOutputShape(0, ctx.input(0).shape);
  return MakeKernel([from, to](EvalContext& eval) {
    Cast(from, eval.input<uint8_t>(0), to, eval.output<uint8_t>(0),
         static_cast<size_t>(eval.input_tensor(0).shape.num_elements()));
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kCastOp = {
    .op = BuiltinOp::kCast,
    .prepare = Prepare,
};

}  // namespace octolite
