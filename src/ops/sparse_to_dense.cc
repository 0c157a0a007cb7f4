#include "kernels/move/copy.h"
#include "ops/common/lists.h"
#include "ops/common/slices.h"

namespace octolite {
namespace {

struct SparseParams {
  Shape output;
  SliceIndices places;
};

// A scalar or a list of indices names elements of a list; a matrix has a row for each.
Result<SparseParams> MakeParams(const Shape& indices, const Shape& values, const IntList& wanted) {
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(wanted));
  const Shape rows =
      indices.rank() == 2 ? indices : Shape({static_cast<int32_t>(indices.num_elements()), 1});
  const auto places = MakeSliceIndices(output, rows);
  const bool fits = indices.rank() <= 2 && places && rows[1] == output.rank() &&
                    (values.rank() == 0 || (values.rank() == 1 && values[0] == rows[0]));
  if (fits) return SparseParams{output, *places};
  return Status(StatusCode::kInvalidModel, "has indices " + indices.ToString() + " and values " +
                                               values.ToString() + ", which do not fit shape " +
                                               output.ToString());
}

Status Run(const SparseParams& params, size_t bytes, EvalContext& eval) {
  auto* const to = eval.output<uint8_t>(0);
  FillElements(to, static_cast<size_t>(params.output.num_elements()), eval.input<uint8_t>(3),
               bytes);
  const IndexReader indices(eval.input_tensor(0));
  const int64_t step = eval.input_tensor(2).shape.rank() == 0 ? 0 : static_cast<int64_t>(bytes);
  for (int64_t row = 0; row < params.places.rows; ++row) {
    OCTO_ASSIGN_OR_RETURN(const int64_t place, SliceAt(params.places, indices, row));
    FillElements(to + place * static_cast<int64_t>(bytes), 1, eval.input<uint8_t>(2) + row * step,
                 bytes);
  }
  return Status::Ok();
}

// Inputs: indices, the output's shape, a value for each index or one for all, the value elsewhere.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(4, 4, 1));
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 0, false));
  ctx.SetOutputType(0, ctx.input(2).type);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(2), ctx.input(3)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(2)));
  if (ctx.input(3).shape.num_elements() != 1) {
    return ctx.InputError(3, StatusCode::kInvalidModel, "is not one value");
  }
  return PrepareWithLists(
      ctx, 2, {1},
      [indices = ctx.input(0).shape](const Shape& values, std::span<const IntList> lists) {
        return MakeParams(indices, values, lists[0]);
      },
      [bytes](const SparseParams& params, EvalContext& eval) { return Run(params, bytes, eval); });
}

}  // namespace

extern const OpDef kSparseToDenseOp = {.op = BuiltinOp::kSparseToDense, .prepare = Prepare};

}  // namespace octolite
