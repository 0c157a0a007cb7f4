#include "ops/common/compare.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareCompare(ctx, CompareKind::kLess);
}

}  // namespace

extern const OpDef kLessOp = {
    .op = BuiltinOp::kLess,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b11, .int8_version = 2},
};

}  // namespace octolite
