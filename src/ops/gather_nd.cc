#include <cstring>

#include "ops/common/lists.h"
#include "ops/common/slices.h"

namespace octolite {
namespace {

// Input 0: what is gathered from; input 1: rows that each name a slice of it.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  ctx.SetOutputType(0, ctx.input(0).type);
  OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, 1, true));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  const Shape& input = ctx.input(0).shape;
  const Shape& indices = ctx.input(1).shape;
  const auto slices = MakeSliceIndices(input, indices);
  if (!slices) {
    return ctx.InputError(
        1, StatusCode::kInvalidModel,
        "has shape " + indices.ToString() + ", which cannot name slices of " + input.ToString());
  }
  IntList dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), input.dims().begin() + slices->indexed.rank(), input.dims().end());
  auto shape = ShapeFromList(dims);
  if (!shape.ok()) return ctx.InputError(1, shape.status().code(), shape.status().message());
  SetMovedShape(ctx, 0, *shape);
  return MakeKernel([slices = *slices, shape = *shape, bytes](EvalContext& eval) {
    return MoveElements(eval, 0, 0, shape, [&](const uint8_t* from, uint8_t* to) {
      const IndexReader reader(eval.input_tensor(1));
      const auto run = static_cast<size_t>(slices.slice) * bytes;
      if (run == 0) return Status::Ok();
      for (int64_t row = 0; row < slices.rows; ++row) {
        OCTO_ASSIGN_OR_RETURN(const int64_t place, SliceAt(slices, reader, row));
        const auto at = static_cast<size_t>(place);
        std::memcpy(to + static_cast<size_t>(row) * run, from + at * run, run);
      }
      return Status::Ok();
    });
  });
}

}  // namespace

extern const OpDef kGatherNdOp = {
    .op = BuiltinOp::kGatherNd,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 1,
              .int16_version = 3},
};

}  // namespace octolite
