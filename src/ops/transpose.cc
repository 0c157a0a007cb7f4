#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct TransposeParams {
  Shape output;
  CopyPlan copy;
};

Result<TransposeParams> MakeParams(const Shape& input, const IntList& permutation,
                                   size_t element_bytes) {
  const auto rank = static_cast<size_t>(input.rank());
  std::array<bool, Shape::kMaxRank> used = {};
  bool valid = permutation.size() == rank;
  const Strides input_strides = DenseStrides(input, element_bytes);
  Strides from = {};
  TransposeParams params;
  for (size_t i = 0; valid && i < rank; ++i) {
    const auto axis = ResolveAxis(permutation[i], input.rank());
    valid = axis && !used[static_cast<size_t>(*axis)];
    if (!valid) break;
    used[static_cast<size_t>(*axis)] = true;
    from[i] = input_strides[static_cast<size_t>(*axis)];
    params.output.Append(input[*axis]);
  }
  if (!valid) {
    return Status(
        StatusCode::kInvalidModel,
        "has a permutation that does not name each dimension of " + input.ToString() + " once");
  }
  params.copy =
      MakeCopyPlan(params.output, element_bytes, from, DenseStrides(params.output, element_bytes));
  return params;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], bytes);
      },
      [](const TransposeParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, params.copy);
      });
}

}  // namespace

extern const OpDef kTransposeOp = {
    .op = BuiltinOp::kTranspose,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .scale = ScaleRule::kSameScale, .int8_version = 2},
};

}  // namespace octolite
