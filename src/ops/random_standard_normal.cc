#include "ops/common/random.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareRandom(ctx, FillStandardNormal);
}

}  // namespace

extern const OpDef kRandomStandardNormalOp = {
    .op = BuiltinOp::kRandomStandardNormal,
    .prepare = Prepare,
    .pure = false,
};

}  // namespace octolite
