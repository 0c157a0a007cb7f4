#include "ops/common/binary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareBinary(ctx, BinaryKind::kAdd);
}

}  // namespace

extern const OpDef kAddOp = {
    .op = BuiltinOp::kAdd,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2, .int16_version = 3},
    .fuses_activation = true,
};

}  // namespace octolite
