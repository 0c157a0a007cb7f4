#include "ops/common/compare.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareCompare(ctx, CompareKind::kLessEqual, true);
}

}  // namespace

extern const OpDef kGreaterEqualOp = {
    .op = BuiltinOp::kGreaterEqual,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2},
};

}  // namespace octolite
