#include <algorithm>
#include <cstring>

#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Input 0: matrices; input 1: rows that replace their diagonals.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(1)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  const Shape& input = ctx.input(0).shape;
  const Shape& diagonal = ctx.input(1).shape;
  const int rank = input.rank();
  bool fits = rank >= 2 && diagonal.rank() == rank - 1;
  for (int i = 0; fits && i < rank - 2; ++i) fits = diagonal[i] == input[i];
  fits = fits && diagonal[rank - 2] == std::min(input[rank - 2], input[rank - 1]);
  if (!fits) {
    return ctx.InputError(1, StatusCode::kShapeMismatch,
                          "has shape " + diagonal.ToString() + ", which are not the diagonals of " +
                              input.ToString());
  }
  ctx.SetOutputShape(0, input);
  const auto element = static_cast<int64_t>(bytes);
  const int64_t columns = input[rank - 1];
  const int32_t length = diagonal[rank - 2];
  const Shape rows({static_cast<int32_t>(input.Product(0, rank - 2)), length});
  const CopyPlan copy =
      MakeCopyPlan(rows, bytes, {length * element, element},
                   {input[rank - 2] * columns * element, (columns + 1) * element});
  return MakeKernel([copy](EvalContext& eval) {
    const RuntimeTensor& output = eval.output_tensor(0);
    if (output.bytes > 0) std::memcpy(output.data, eval.input<uint8_t>(0), output.bytes);
    RunCopy(copy, eval.input<uint8_t>(1), output.data);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kMatrixSetDiagOp = {.op = BuiltinOp::kMatrixSetDiag, .prepare = Prepare};

}  // namespace octolite
