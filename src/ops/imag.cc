#include "ops/common/complex.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareComplex(ctx, [](auto z) { return z.imag(); });
}

}  // namespace

extern const OpDef kImagOp = {
    .op = BuiltinOp::kImag,
    .prepare = Prepare,
};

}  // namespace octolite
