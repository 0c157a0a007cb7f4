#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct ReverseParams {
  Shape output;
  CopyPlan copy;
};

Result<ReverseParams> MakeParams(const Shape& input, const IntList& axes, size_t element_bytes) {
  const Strides to = DenseStrides(input, element_bytes);
  Strides from = to;
  int64_t offset = 0;
  std::array<bool, Shape::kMaxRank> reversed = {};
  for (const int64_t value : axes) {
    const auto axis = ResolveAxis(value, input.rank());
    if (!axis || reversed[static_cast<size_t>(*axis)]) {
      return Status(StatusCode::kInvalidModel, "has shape " + input.ToString() +
                                                   ", in which dimension " + std::to_string(value) +
                                                   " cannot be reversed, or twice");
    }
    const auto d = static_cast<size_t>(*axis);
    reversed[d] = true;
    from[d] = -to[d];
    offset += (input[*axis] - 1) * to[d];
  }
  return ReverseParams{input, MakeCopyPlan(input, element_bytes, from, to, offset)};
}

// Input 1: the dimensions whose order is reversed.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], bytes);
      },
      [](const ReverseParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, params.copy);
      });
}

}  // namespace

extern const OpDef kReverseV2Op = {
    .op = BuiltinOp::kReverseV2,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .scale = ScaleRule::kSameScale, .int8_version = 3},
};

}  // namespace octolite
