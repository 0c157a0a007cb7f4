#include "ops/common/split.h"

namespace octolite {
namespace {

// Inputs: what is split, the size of each part, the axis.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, ctx.num_outputs()));
  return PrepareSplit(ctx, {.data = 0, .axis = 2, .sizes = 1});
}

}  // namespace

extern const OpDef kSplitVOp = {
    .op = BuiltinOp::kSplitV,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 2},
};

}  // namespace octolite
