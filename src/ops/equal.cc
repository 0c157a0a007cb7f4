#include "ops/common/compare.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareCompare(ctx, CompareKind::kEqual);
}

}  // namespace

extern const OpDef kEqualOp = {
    .op = BuiltinOp::kEqual,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2, .int16_version = 5},
};

}  // namespace octolite
