#include "ops/common/batch_space.h"

namespace octolite {
namespace {

// Inputs: what is moved, the block, crops.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1, 2},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeBatchToSpace(input, lists[0], lists[1], bytes);
      },
      [](const BatchSpaceParams& params, EvalContext& eval) {
        RunBatchSpace(params, eval.input<uint8_t>(0), eval.output<uint8_t>(0));
      });
}

}  // namespace

extern const OpDef kBatchToSpaceNdOp = {
    .op = BuiltinOp::kBatchToSpaceNd,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
