#include "ops/common/batch_space.h"
#include "ops/common/pad.h"

namespace octolite {
namespace {

// Inputs: what is moved, the block, paddings; pads with real zero.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, PreparePadTypes(ctx));
  OCTO_ASSIGN_OR_RETURN(const uint64_t zero, PadZero(ctx));
  return PrepareWithLists(
      ctx, 0, {1, 2},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeSpaceToBatch(input, lists[0], lists[1], bytes);
      },
      [=](const BatchSpaceParams& params, EvalContext& eval) {
        auto* const to = eval.output<uint8_t>(0);
        FillElements(to, static_cast<size_t>(params.output.num_elements()),
                     reinterpret_cast<const uint8_t*>(&zero), bytes);
        RunBatchSpace(params, eval.input<uint8_t>(0), to);
      });
}

}  // namespace

extern const OpDef kSpaceToBatchNdOp = {
    .op = BuiltinOp::kSpaceToBatchNd,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
