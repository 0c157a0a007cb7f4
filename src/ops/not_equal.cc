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
};

}  // namespace octolite
