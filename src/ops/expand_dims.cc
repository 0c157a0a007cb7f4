#include "ops/common/reshape.h"

namespace octolite {
namespace {

Result<ReshapeParams> MakeParams(const Shape& input, const IntList& axes) {
  if (axes.size() != 1) {
    return Status(StatusCode::kInvalidModel, "needs one axis, not " + std::to_string(axes.size()));
  }
  const auto axis = ResolveAxis(axes[0], input.rank() + 1);
  if (!axis || input.rank() == Shape::kMaxRank) {
    return Status(StatusCode::kInvalidModel, "cannot add a dimension to " + input.ToString() +
                                                 " at axis " + std::to_string(axes[0]));
  }
  ReshapeParams params;
  for (int i = 0; i <= input.rank(); ++i) {
    if (i == *axis) params.output.Append(1);
    if (i < input.rank()) params.output.Append(input[i]);
  }
  return params;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(PrepareReshapeTypes(ctx));
  return PrepareWithLists(
      ctx, 0, {1},
      [](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0]);
      },
      CopyElements);
}

}  // namespace

extern const OpDef kExpandDimsOp = {
    .op = BuiltinOp::kExpandDims,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 1},
};

}  // namespace octolite
