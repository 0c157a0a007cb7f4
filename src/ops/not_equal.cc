#include "ops/common/compare.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareCompare(ctx, CompareKind::kNotEqual);
}

}  // namespace

extern const OpDef kNotEqualOp = {
    .op = BuiltinOp::kNotEqual,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2, .int16_version = 4},
};

}  // namespace octolite
