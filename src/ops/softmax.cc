#include "kernels/softmax/softmax.h"

#include <algorithm>
#include <cmath>

#include "ops/common/parts.h"
#include "ops/common/rows.h"

namespace octolite {
namespace {

// So many that a thread has something to do.
int64_t RowsOfPart(Rows size) {
  return std::max<int64_t>(kElementsOfPart / std::max<int64_t>(size.depth, 1), 1);
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx, Rows size,
                                                   float beta) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  if (!std::isfinite(beta * input.scale())) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "has a scale too large for beta");
  }
  const int32_t zero_point = input.type == DataType::kInt8 ? -128 : 0;
  if (output.zero_point() != zero_point || std::fabs(output.scale() * 256.0f - 1.0f) > 0.001f) {
    return ctx.OutputError(0, StatusCode::kInvalidModel,
                           "needs scale 1/256 and zero point " + std::to_string(zero_point));
  }
  if (ctx.arithmetic() == Arithmetic::kReference) {
    const SoftmaxFixed params = MakeSoftmaxFixed(beta, input.scale());
    return MakeKernel([=](EvalContext& eval) {
      SoftmaxReference(params, eval.input<T>(0), eval.output<T>(0), size.rows, size.depth);
      return Status::Ok();
    });
  }
  SoftmaxTable table = MakeSoftmaxTable(beta, input.scale());
  table.output_scale = output.scale();
  table.output_zero_point = output.zero_point();
  return MakeKernel([=](EvalContext& eval) {
    const T* in = eval.input<T>(0);
    T* out = eval.output<T>(0);
    eval.parallel().For(size.rows, RowsOfPart(size), [&](int64_t begin, int64_t end, int) {
      const int64_t at = begin * size.depth;
      SoftmaxLitert(table, in + at, out + at, end - begin, size.depth);
    });
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> PrepareInt16(const PrepareContext& ctx, Rows size, float beta) {
  const float scale = ctx.input(0).scale();
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.input(0)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.output(0)));
  if (std::fabs(ctx.output(0).scale() * 32768.0f - 1.0f) > 0.001f) {
    return ctx.OutputError(0, StatusCode::kInvalidModel, "needs scale 1/32768");
  }
  return MakeKernel([size, params = MakeSoftmax16(beta, scale)](EvalContext& eval) {
    SoftmaxInt16(params, eval.input<int16_t>(0), eval.output<int16_t>(0), size.rows, size.depth);
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const Rows size, PrepareRows(ctx));
  // A row's maximum and sum are there before the row is written.
  ctx.AllowInPlace(0);
  const TensorSpec& input = ctx.input(0);
  const float beta = ctx.options().Float("beta", 0.0f);
  if (!(beta > 0) || !std::isfinite(beta)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs a positive beta");
  }
  switch (input.type) {
    case DataType::kFloat32:
      return MakeKernel([=](EvalContext& eval) {
        const float* in = eval.input<float>(0);
        float* out = eval.output<float>(0);
        eval.parallel().For(size.rows, RowsOfPart(size), [&](int64_t begin, int64_t end, int) {
          const int64_t at = begin * size.depth;
          SoftmaxFloat(in + at, out + at, end - begin, size.depth, beta);
        });
        return Status::Ok();
      });
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx, size, beta);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx, size, beta);
    case DataType::kInt16:
      return PrepareInt16(ctx, size, beta);
    default:
      return ctx.UnsupportedType(input);
  }
}

}  // namespace

extern const OpDef kSoftmaxOp = {
    .op = BuiltinOp::kSoftmax,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kFixedOutput,
              .fixed_scale = 1.0f / 256.0f,
              .fixed_zero_point = -128,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
