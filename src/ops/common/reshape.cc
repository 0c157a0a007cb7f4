#include "ops/common/reshape.h"

#include <cstring>

namespace octolite {

Status CopyElements(const ReshapeParams& params, EvalContext& eval) {
  const RuntimeTensor& input = eval.input_tensor(0);
  if (input.type == DataType::kString) {
    OCTO_RETURN_IF_ERROR(eval.AllocateOutput(0, params.output, input.bytes));
  }
  if (eval.output<uint8_t>(0) == input.data) return Status::Ok();  // a view
  if (input.bytes > 0) std::memcpy(eval.output<uint8_t>(0), input.data, input.bytes);
  return Status::Ok();
}

Status PrepareReshapeTypes(PrepareContext& ctx) {
  ctx.SetOutputView();
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  return MovedBytes(ctx, ctx.input(0)).status();
}

Result<std::unique_ptr<OpKernel>> PrepareReshapeTo(PrepareContext& ctx, const Shape& shape) {
  OCTO_RETURN_IF_ERROR(PrepareReshapeTypes(ctx));
  SetMovedShape(ctx, 0, shape);
  return MakeKernel(
      [params = ReshapeParams{shape}](EvalContext& eval) { return CopyElements(params, eval); });
}

}  // namespace octolite
