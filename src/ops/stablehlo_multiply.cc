#include "ops/common/same_shape.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareStablehlo(
      ctx, [](auto a, auto b) { return Multiply(a, b); }, [](bool a, bool b) { return a && b; });
}

}  // namespace

extern const OpDef kStablehloMultiplyOp = {
    .op = BuiltinOp::kStablehloMultiply,
    .prepare = Prepare,
};

}  // namespace octolite
