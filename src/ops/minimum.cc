#include "ops/common/binary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareBinary(ctx, BinaryKind::kMinimum);
}

}  // namespace

extern const OpDef kMinimumOp = {
    .op = BuiltinOp::kMinimum,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
