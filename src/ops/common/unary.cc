#include "ops/common/unary.h"

#include "kernels/activation/activation.h"

namespace octolite {

Status PrepareUnaryShape(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  ctx.SetOutputShape(0, ctx.input(0).shape);
  return Status::Ok();
}

std::unique_ptr<OpKernel> MakeLutKernel(const Lut8& table, int input) {
  return MakeKernel([table, input](EvalContext& eval) {
    ApplyLut8(table, eval.input<uint8_t>(input), eval.output<uint8_t>(0),
              static_cast<size_t>(eval.input_tensor(input).shape.num_elements()));
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> PrepareClamp(PrepareContext& ctx, float low, float high) {
  return PrepareUnary(
      ctx,
      [=](const float* in, float* out, size_t count) { ClampFloat(in, out, count, low, high); },
      [=](const QuantizedType& input, const QuantizedType& output) {
        return MakeReluLut8(input, output, low, high);
      });
}

}  // namespace octolite
