#include "ops/common/pad.h"

namespace octolite {
namespace {

// Pads with real zero: the zero point of a quantized output.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, PreparePadTypes(ctx));
  const TensorSpec& output = ctx.output(0);
  uint64_t value = 0;
  if (output.quantized()) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
    // Zero points other than 0 exist in one byte only.
    if (bytes == 1) value = static_cast<uint8_t>(output.zero_point());
  }
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakePadParams(input, lists[0], bytes);
      },
      [=](const PadParams& params, EvalContext& eval) {
        RunPad(params, reinterpret_cast<const uint8_t*>(&value), bytes, eval);
      });
}

}  // namespace

extern const OpDef kPadOp = {
    .op = BuiltinOp::kPad,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .scale = ScaleRule::kSameScale, .int8_version = 2},
};

}  // namespace octolite
