#include "ops/common/complex.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareComplex(ctx, [](auto z) { return std::abs(z); });
}

}  // namespace

extern const OpDef kComplexAbsOp = {
    .op = BuiltinOp::kComplexAbs,
    .prepare = Prepare,
};

}  // namespace octolite
