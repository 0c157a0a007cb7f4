#include "ops/common/reshape.h"

#include <cstring>

namespace octolite {

void CopyElements(EvalContext& eval) {
  const RuntimeTensor& input = eval.input_tensor(0);
  const auto bytes =
      DataTypeBytes(input.type, static_cast<size_t>(input.shape.num_elements())).value_or(0);
  if (bytes > 0) std::memcpy(eval.output<uint8_t>(0), input.data, bytes);
}

Status ExpectReshapeTypes(const PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  if (DataTypeBits(ctx.input(0).type) == 0) return ctx.UnsupportedType(ctx.input(0));
  return Status::Ok();
}

Result<std::unique_ptr<OpKernel>> PrepareReshapeTo(PrepareContext& ctx, const Shape& shape) {
  OCTO_RETURN_IF_ERROR(ExpectReshapeTypes(ctx));
  ctx.SetOutputShape(0, shape);
  return MakeKernel([](EvalContext& eval) {
    CopyElements(eval);
    return Status::Ok();
  });
}

}  // namespace octolite
