#include "kernels/move/mirror.h"
#include "ops/common/lists.h"
#include "ops/common/pad.h"

namespace octolite {
namespace {

struct MirrorPadParams {
  Shape output;
  MirrorPlan plan;
};

Result<MirrorPadParams> MakeParams(const Shape& input, const IntList& paddings, int border,
                                   size_t element_bytes) {
  OCTO_ASSIGN_OR_RETURN(const PadParams pad, MakePadParams(input, paddings, element_bytes));
  MirrorPadParams params;
  params.output = pad.output;
  params.plan.border = border;
  params.plan.element_bytes = element_bytes;
  for (int i = 0; i < input.rank(); ++i) {
    const auto before = static_cast<int32_t>(paddings[2 * static_cast<size_t>(i)]);
    const int64_t after = paddings[2 * static_cast<size_t>(i) + 1];
    const int64_t most = int64_t{input[i]} - border;
    if (before > most || after > most) {
      if (before == 0 && after == 0) continue;
      return Status(StatusCode::kInvalidModel, "has paddings " + std::to_string(before) + ", " +
                                                   std::to_string(after) +
                                                   ", more than dimension " + std::to_string(i) +
                                                   " of " + input.ToString() + " has to mirror");
    }
    params.plan.before[static_cast<size_t>(i)] = before;
  }
  params.plan.input = input;
  params.plan.output = pad.output;
  return params;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  // 0: REFLECT leaves the border element out; 1: SYMMETRIC repeats it.
  const int64_t mode = ctx.options().Int("mode", 0);
  if (mode != 0 && mode != 1) {
    return ctx.Error(StatusCode::kInvalidModel, "has unknown mode " + std::to_string(mode));
  }
  const int border = mode == 0 ? 1 : 0;
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], border, bytes);
      },
      [](const MirrorPadParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, [&](const uint8_t* from, uint8_t* to) {
          RunMirror(params.plan, from, to);
          return Status::Ok();
        });
      });
}

}  // namespace

extern const OpDef kMirrorPadOp = {
    .op = BuiltinOp::kMirrorPad,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
