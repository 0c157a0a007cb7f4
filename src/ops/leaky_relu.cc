#include <cmath>

#include "kernels/activation/activation.h"
#include "ops/common/int16.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> PrepareInt16(PrepareContext& ctx, float slope) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  const float in_scale = ctx.input(0).scale();
  const float out_scale = ctx.output(0).scale();
  return MakeInt16Kernel(QuantizeMultiplier(static_cast<double>(in_scale / out_scale)),
                         QuantizeMultiplier(static_cast<double>(in_scale * slope / out_scale)),
                         {0, INT16_MIN, INT16_MAX});
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const float slope = ctx.options().Float("alpha", 0.0f);
  if (!std::isfinite(slope)) return ctx.Error(StatusCode::kInvalidModel, "needs a finite alpha");
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  if (ctx.input(0).type == DataType::kInt16) return PrepareInt16(ctx, slope);
  const Arithmetic arithmetic = ctx.arithmetic();
  return PrepareUnary(
      ctx,
      [=](const float* in, float* out, size_t count) { LeakyReluFloat(in, out, count, slope); },
      [=](const QuantizedType& input, const QuantizedType& output) {
        return MakeLeakyReluLut8(input, output, slope, arithmetic);
      });
}

}  // namespace

extern const OpDef kLeakyReluOp = {
    .op = BuiltinOp::kLeakyRelu,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
