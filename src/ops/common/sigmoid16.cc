#include "ops/common/sigmoid16.h"

#include <cmath>

#include "ops/common/unary.h"

namespace octolite {

Result<std::unique_ptr<OpKernel>> PrepareSigmoid16(PrepareContext& ctx, bool tanh,
                                                   void (*run)(const Sigmoid16Scale&,
                                                               const int16_t*, int16_t*, size_t)) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  OCTO_RETURN_IF_ERROR(ExpectQuantizedUnary(ctx));
  ctx.AllowInPlace(0);
  if (std::fabs(ctx.output(0).scale() * 32768.0f - 1.0f) > 0.001f) {
    return ctx.OutputError(0, StatusCode::kInvalidModel, "needs scale 1/32768");
  }
  const Sigmoid16Scale scale = MakeSigmoid16Scale(ctx.input(0).scale(), tanh, ctx.arithmetic());
  return MakeKernel([scale, run](EvalContext& eval) {
    run(scale, eval.input<int16_t>(0), eval.output<int16_t>(0),
        static_cast<size_t>(eval.input_tensor(0).shape.num_elements()));
    return Status::Ok();
  });
}

}  // namespace octolite
