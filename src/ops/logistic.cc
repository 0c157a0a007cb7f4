#include "kernels/activation/activation.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const Arithmetic arithmetic = ctx.arithmetic();
  return PrepareUnary(ctx, LogisticFloat,
                      [=](const QuantizedType& input, const QuantizedType& output) {
                        return MakeFloatLut8(input, output, arithmetic, LogisticOf);
                      });
}

}  // namespace

extern const OpDef kLogisticOp = {
    .op = BuiltinOp::kLogistic,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kFixedOutput,
              .fixed_scale = 1.0f / 256.0f,
              .fixed_zero_point = -128,
              .int8_version = 2},
};

}  // namespace octolite
