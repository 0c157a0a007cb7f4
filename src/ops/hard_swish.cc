#include "kernels/activation/activation.h"
#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareUnary(ctx, HardSwishFloat, MakeHardSwishLut8);
}

}  // namespace

extern const OpDef kHardSwishOp = {
    .op = BuiltinOp::kHardSwish,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 1},
};

}  // namespace octolite
