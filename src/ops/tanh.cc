#include "kernels/activation/activation.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const Arithmetic arithmetic = ctx.arithmetic();
  return PrepareUnary(ctx, TanhFloat, [=](const QuantizedType& input, const QuantizedType& output) {
    return MakeFloatLut8(input, output, arithmetic, TanhOf);
  });
}

}  // namespace

extern const OpDef kTanhOp = {
    .op = BuiltinOp::kTanh,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kFixedOutput,
              .fixed_scale = 1.0f / 128.0f,
              .fixed_zero_point = 0,
              .int8_version = 2},
};

}  // namespace octolite
