#include "ops/common/non_max_suppression.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareNonMaxSuppression(ctx, /*soft=*/true);
}

}  // namespace

extern const OpDef kNonMaxSuppressionV5Op = {
    .op = BuiltinOp::kNonMaxSuppressionV5,
    .prepare = Prepare,
};

}  // namespace octolite
