#include "kernels/softmax/log_softmax.h"

#include "kernels/normalize/normalize.h"
#include "ops/common/rows.h"

namespace octolite {
namespace {

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx, Rows size) {
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  const int32_t zero_point = output.type == DataType::kInt8 ? 127 : 255;
  if (output.zero_point() != zero_point || output.scale() != 1.0f / 16.0f) {
    return ctx.OutputError(0, StatusCode::kInvalidModel,
                           "needs scale 1/16 and zero point " + std::to_string(zero_point));
  }
  const float scale = ctx.input(0).scale();
  if (ctx.arithmetic() == Arithmetic::kReference) {
    return MakeKernel([size, params = MakeLogSoftmaxFixed(scale)](EvalContext& eval) {
      LogSoftmaxReference(params, eval.input<T>(0), eval.output<T>(0), size.rows, size.depth);
      return Status::Ok();
    });
  }
  return MakeKernel([size, table = MakeLogSoftmaxTable(scale)](EvalContext& eval) {
    LogSoftmaxLitert(table, eval.input<T>(0), eval.output<T>(0), size.rows, size.depth);
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const Rows size, PrepareRows(ctx));
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return MakeKernel([size](EvalContext& eval) {
        LogSoftmaxFloat(eval.input<float>(0), eval.output<float>(0), size.rows, size.depth);
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

extern const OpDef kLogSoftmaxOp = {
    .op = BuiltinOp::kLogSoftmax,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kFixedOutput,
              .fixed_scale = 16.0f / 256.0f,
              .fixed_zero_point = 127,
              .int8_version = 2},
};

}  // namespace octolite
