#include "ops/common/complex.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareComplex(ctx, [](auto z) { return z.real(); });
}

}  // namespace

extern const OpDef kRealOp = {
    .op = BuiltinOp::kReal,
    .prepare = Prepare,
};

}  // namespace octolite
