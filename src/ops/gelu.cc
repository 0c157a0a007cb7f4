#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  constexpr TableTypes kTables = {.uint8 = true, .int16 = true};
  if (ctx.options().Bool("approximate", false)) {
    return PrepareTabled<DataType::kFloat32, DataType::kFloat16>(ctx, kTables, GeluApproximateOf);
  }
  return PrepareTabled<DataType::kFloat32, DataType::kFloat16>(ctx, kTables, GeluOf);
}

}  // namespace

extern const OpDef kGeluOp = {
    .op = BuiltinOp::kGelu,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
