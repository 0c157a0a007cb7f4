#include "ops/common/depth_space.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareDepthSpace(ctx, DepthSpace::kToSpace);
}

}  // namespace

extern const OpDef kDepthToSpaceOp = {
    .op = BuiltinOp::kDepthToSpace,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .scale = ScaleRule::kSameScale, .int8_version = 2},
};

}  // namespace octolite
