#include <algorithm>

#include "ops/op_def.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> MakeShapeKernel(const Shape& shape) {
  return MakeKernel([shape](EvalContext& eval) {
    std::ranges::copy(shape.dims(), eval.output<T>(0));
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const Shape& input = ctx.input(0).shape;
  ctx.SetOutputShape(0, {input.rank()});
  const auto declared = static_cast<int64_t>(ctx.output(0).type);
  ctx.SetOutputType(0, static_cast<DataType>(ctx.options().Int("out_type", declared)));
  switch (ctx.output(0).type) {
    case DataType::kInt32:
      return MakeShapeKernel<int32_t>(input);
    case DataType::kInt64:
      return MakeShapeKernel<int64_t>(input);
    default:
      return ctx.UnsupportedType(ctx.output(0));
  }
}

}  // namespace

extern const OpDef kShapeOp = {
    .op = BuiltinOp::kShape,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 1, .int16_version = 1},
    .shape_only = true,
};

}  // namespace octolite
