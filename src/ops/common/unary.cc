#include "ops/common/unary.h"

#include <algorithm>
#include <cmath>

#include "kernels/activation/activation.h"
#include "kernels/activation/int16.h"
#include "kernels/activation/lut16.h"
#include "ops/common/int16.h"

namespace octolite {

Status PrepareUnaryShape(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  ctx.SetOutputShape(0, ctx.input(0).shape);
  return Status::Ok();
}

Status ExpectQuantizedUnary(const PrepareContext& ctx) {
  // int16 has no zero point but 0.
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.input(0)));
  return ctx.ExpectPerTensorQuantization(ctx.output(0));
}

Result<std::unique_ptr<OpKernel>> PrepareTable(PrepareContext& ctx,
                                               const std::function<float(float)>& function) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  ctx.AllowInPlace(0);
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  if (input.type != DataType::kInt16) {
    // No such table is XNNPACK's: both arithmetics round alike.
    return MakeLutKernel(MakeFloatLut8(QuantizedTypeOf(input), QuantizedTypeOf(output),
                                       Arithmetic::kReference, function));
  }
  const Lut16 table = MakeLut16<float>({input.scale(), 0}, {output.scale(), 0}, function);
  return MakeKernel([table](EvalContext& eval) {
    ApplyLut16(table, eval.input<int16_t>(0), eval.output<int16_t>(0),
               static_cast<size_t>(eval.input_tensor(0).shape.num_elements()));
    return Status::Ok();
  });
}

std::unique_ptr<OpKernel> MakeLutKernel(const Lut8& table, int input) {
  return MakeKernel([table, input](EvalContext& eval) {
    const auto* in = eval.input<uint8_t>(input);
    auto* out = eval.output<uint8_t>(0);
    ForElements(eval, input,
                [&](int64_t at, size_t count) { ApplyLut8(table, in + at, out + at, count); });
    return Status::Ok();
  });
}

namespace {

Result<std::unique_ptr<OpKernel>> PrepareClampInt16(PrepareContext& ctx, float low, float high) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  const float scale = ctx.output(0).scale();
  const auto bound = [scale](float real) {
    return static_cast<int32_t>(std::clamp(std::round(real / scale), -32768.0f, 32767.0f));
  };
  const FixedMultiplier multiplier =
      QuantizeMultiplier(static_cast<double>(ctx.input(0).scale() / scale));
  return MakeInt16Kernel(multiplier, multiplier, {0, bound(low), bound(high)});
}

}  // namespace

std::unique_ptr<OpKernel> MakeInt16Kernel(FixedMultiplier positive, FixedMultiplier negative,
                                          const OutputRange& range) {
  return MakeKernel([=](EvalContext& eval) {
    RescaleInt16(eval.input<int16_t>(0), eval.output<int16_t>(0),
                 static_cast<size_t>(eval.input_tensor(0).shape.num_elements()), positive, negative,
                 range);
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> PrepareClamp(PrepareContext& ctx, float low, float high) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  if (ctx.input(0).type == DataType::kInt16) return PrepareClampInt16(ctx, low, high);
  return PrepareUnary(
      ctx,
      [=](const float* in, float* out, size_t count) { ClampFloat(in, out, count, low, high); },
      [=](const QuantizedType& input, const QuantizedType& output) {
        return MakeReluLut8(input, output, low, high);
      });
}

}  // namespace octolite
