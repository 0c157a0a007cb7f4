#include "kernels/normalize/normalize.h"
#include "ops/common/rows.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx, Rows size) {
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  const int32_t zero_point = output.type == DataType::kInt8 ? 0 : 128;
  if (output.zero_point() != zero_point || output.scale() != 1.0f / 128.0f) {
    return ctx.OutputError(0, StatusCode::kInvalidModel,
                           "needs scale 1/128 and zero point " + std::to_string(zero_point));
  }
  return MakeKernel([size, zero = ctx.input(0).zero_point()](EvalContext& eval) {
    L2NormalizeQuantized(zero, eval.input<T>(0), eval.output<T>(0), size.rows, size.depth);
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const Rows size, PrepareRows(ctx));
  if (ctx.options().Int("fused_activation_function", 0) != 0) {
    return ctx.Error(StatusCode::kUnsupportedOperator, "does not run with a fused activation");
  }
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return MakeKernel([size](EvalContext& eval) {
        L2NormalizeFloat(eval.input<float>(0), eval.output<float>(0), size.rows, size.depth);
        return Status::Ok();
      });
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx, size);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx, size);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kL2NormalizationOp = {
    .op = BuiltinOp::kL2Normalization,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kFixedOutput,
              .fixed_scale = 1.0f / 128.0f,
              .fixed_zero_point = 0,
              .int8_version = 2},
};

}  // namespace octolite
