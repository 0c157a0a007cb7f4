#include "ops/common/random.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareRandom(ctx, FillUniform);
}

}  // namespace

extern const OpDef kRandomUniformOp = {
    .op = BuiltinOp::kRandomUniform,
    .prepare = Prepare,
    .pure = false,
};

}  // namespace octolite
