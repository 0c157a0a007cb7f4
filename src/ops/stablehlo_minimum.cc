#include "ops/common/same_shape.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareStablehlo(
      ctx, [](auto a, auto b) { return std::min(a, b); }, [](bool a, bool b) { return a && b; });
}

}  // namespace

extern const OpDef kStablehloMinimumOp = {
    .op = BuiltinOp::kStablehloMinimum,
    .prepare = Prepare,
};

}  // namespace octolite
