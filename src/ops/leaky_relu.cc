#include <cmath>

#include "kernels/activation/activation.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const float slope = ctx.options().Float("alpha", 0.0f);
  if (!std::isfinite(slope)) return ctx.Error(StatusCode::kInvalidModel, "needs a finite alpha");
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
    .quant = {.activation_inputs = 0b1, .int8_version = 2},
};

}  // namespace octolite
