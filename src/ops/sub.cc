#include "ops/common/binary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareBinary(ctx, BinaryKind::kSub);
}

}  // namespace

extern const OpDef kSubOp = {
    .op = BuiltinOp::kSub,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2, .int16_version = 5},
    .fuses_activation = true,
};

}  // namespace octolite
