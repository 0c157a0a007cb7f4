#include "ops/common/split.h"

namespace octolite {
namespace {

// Input 0: the axis; input 1: what is split into equal parts, one an output.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, ctx.num_outputs()));
  return PrepareSplit(ctx, {.data = 1, .axis = 0});
}

}  // namespace

extern const OpDef kSplitOp = {
    .op = BuiltinOp::kSplit,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b10,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
