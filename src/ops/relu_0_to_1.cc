#include "ops/common/unary.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareClamp(ctx, 0.0f, 1.0f);
}

}  // namespace

extern const OpDef kRelu0To1Op = {
    .op = BuiltinOp::kRelu0To1,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 1},
};

}  // namespace octolite
