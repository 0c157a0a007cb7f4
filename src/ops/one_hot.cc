#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct OneHotParams {
  Shape output;
  int64_t outer = 1;
  int64_t depth = 1;
  int64_t inner = 1;
};

Result<OneHotParams> MakeParams(const Shape& indices, const IntList& depth, int axis) {
  if (depth.size() != 1) return Status(StatusCode::kInvalidModel, "needs one depth");
  IntList dims(indices.dims().begin(), indices.dims().end());
  dims.insert(dims.begin() + axis, depth[0]);
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(dims));
  return OneHotParams{output, indices.Product(0, axis), depth[0],
                      indices.Product(axis, indices.rank())};
}

void Run(const OneHotParams& params, size_t bytes, EvalContext& eval) {
  auto* const to = eval.output<uint8_t>(0);
  FillElements(to, static_cast<size_t>(params.output.num_elements()), eval.input<uint8_t>(3),
               bytes);
  // Without elements there may still be indices to go through, and a great many of none.
  if (params.output.num_elements() == 0) return;
  const IndexReader indices(eval.input_tensor(0));
  for (int64_t o = 0; o < params.outer; ++o) {
    for (int64_t i = 0; i < params.inner; ++i) {
      const int64_t index = indices[o * params.inner + i];
      // An index outside has no element of its own.
      if (index < 0 || index >= params.depth) continue;
      const int64_t place = (o * params.depth + index) * params.inner + i;
      FillElements(to + place * static_cast<int64_t>(bytes), 1, eval.input<uint8_t>(2), bytes);
    }
  }
}

// Inputs: indices, depth, the value at an index, the value elsewhere.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(4, 4, 1));
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 0, false));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(1), DataType::kInt32));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(2)));
  ctx.SetOutputType(0, ctx.input(2).type);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(2), ctx.input(3)));
  for (int i = 2; i < 4; ++i) {
    if (ctx.input(i).shape.num_elements() != 1) {
      return ctx.InputError(i, StatusCode::kInvalidModel, "is not one value");
    }
  }
  const int64_t option = ctx.options().Int("axis", 0);
  const int rank = ctx.input(0).shape.rank();
  const auto axis = option == -1 ? std::optional<int>(rank) : ResolveAxis(option, rank + 1);
  if (!axis || option < -1) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + ctx.input(0).shape.ToString() +
                              ", to which no dimension can be added at axis " +
                              std::to_string(option));
  }
  return PrepareWithLists(
      ctx, 0, {1},
      [axis = *axis](const Shape& indices, std::span<const IntList> lists) {
        return MakeParams(indices, lists[0], axis);
      },
      [bytes](const OneHotParams& params, EvalContext& eval) { Run(params, bytes, eval); });
}

}  // namespace

extern const OpDef kOneHotOp = {.op = BuiltinOp::kOneHot, .prepare = Prepare};

}  // namespace octolite
