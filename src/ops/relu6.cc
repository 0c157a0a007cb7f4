#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareClamp(ctx, 0.0f, 6.0f);
}

}  // namespace

extern const OpDef kRelu6Op = {
    .op = BuiltinOp::kRelu6,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 3},
};

}  // namespace octolite
