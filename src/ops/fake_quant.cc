#include "kernels/quantize/fake_quant.h"

#include <cmath>

#include "ops/common/unary.h"

// FAKE_QUANT, which training for quantization leaves behind: floats rounded to the values that a
// quantized tensor could have. Options: min, max, num_bits, narrow_range.

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  if (ctx.input(0).type != DataType::kFloat32) return ctx.UnsupportedType(ctx.input(0));
  const float min = ctx.options().Float("min", 0);
  const float max = ctx.options().Float("max", 0);
  const int64_t bits = ctx.options().Int("num_bits", 0);
  const bool covers_zero = min <= 0 && max >= 0 && min < max;
  if (!covers_zero || !std::isfinite(max - min) || !std::isnormal((max - min) / 65535)) {
    return ctx.Error(StatusCode::kInvalidModel, "needs a range that holds 0, and has " +
                                                    std::to_string(min) + " to " +
                                                    std::to_string(max));
  }
  if (bits < 2 || bits > 16) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "needs 2 to 16 bits, and has " + std::to_string(bits));
  }
  if (ctx.options().Bool("narrow_range", false)) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "has a narrow range, which is for weights that a converter quantizes");
  }
  const FakeQuantGrid grid = MakeFakeQuantGrid(min, max, static_cast<int>(bits));
  return MakeKernel([grid](EvalContext& eval) {
    FakeQuantize(grid, eval.input<float>(0), eval.output<float>(0),
                 eval.input_tensor(0).shape.num_elements());
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kFakeQuantOp = {.op = BuiltinOp::kFakeQuant, .prepare = Prepare};

}  // namespace octolite
