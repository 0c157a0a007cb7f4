#include "kernels/activation/activation.h"
#include "ops/common/map.h"
#include "ops/common/sigmoid16.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  const DataType type = ctx.input(0).type;
  if (type == DataType::kFloat16 || type == DataType::kBFloat16) {
    return PrepareMap<DataType::kFloat16, DataType::kBFloat16>(ctx, LogisticOf);
  }
  if (type == DataType::kInt16) return PrepareSigmoid16(ctx, false, LogisticInt16);
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
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
