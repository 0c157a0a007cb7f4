#include "ops/common/non_max_suppression.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareNonMaxSuppression(ctx, /*soft=*/false);
}

}  // namespace

extern const OpDef kNonMaxSuppressionV4Op = {
    .op = BuiltinOp::kNonMaxSuppressionV4,
    .prepare = Prepare,
};

}  // namespace octolite
