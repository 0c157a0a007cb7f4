#include <cstring>

#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Rows become the diagonals of square matrices that are zero elsewhere.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  const Shape& input = ctx.input(0).shape;
  if (input.rank() < 1) return ctx.InputError(0, StatusCode::kInvalidModel, "is a scalar");
  const int64_t size = input[input.rank() - 1];
  IntList dims(input.dims().begin(), input.dims().end());
  dims.push_back(size);
  auto output = ShapeFromList(dims);
  if (!output.ok()) return ctx.InputError(0, output.status().code(), output.status().message());
  ctx.SetOutputShape(0, *output);
  const auto element = static_cast<int64_t>(bytes);
  const Shape rows(
      {static_cast<int32_t>(input.Product(0, input.rank() - 1)), static_cast<int32_t>(size)});
  const CopyPlan copy = MakeCopyPlan(rows, bytes, {size * element, element},
                                     {size * size * element, (size + 1) * element});
  return MakeKernel([copy](EvalContext& eval) {
    const RuntimeTensor& output = eval.output_tensor(0);
    if (output.bytes > 0) std::memset(output.data, 0, output.bytes);
    RunCopy(copy, eval.input<uint8_t>(0), output.data);
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kMatrixDiagOp = {.op = BuiltinOp::kMatrixDiag, .prepare = Prepare};

}  // namespace octolite
