#include "ops/common/pad.h"

namespace octolite {
namespace {

// Pads with real zero: the zero point of a quantized output.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, PreparePadTypes(ctx));
  OCTO_ASSIGN_OR_RETURN(const uint64_t value, PadZero(ctx));
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
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
