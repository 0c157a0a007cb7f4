#include "ops/common/resize.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  auto bytes = MovableBytes(ctx, ctx.input(0));
  if (!bytes.ok()) return std::move(bytes.status());
  return PrepareResize(ctx, [](const ResizeShape& shape, EvalContext& eval) {
    const auto bits = static_cast<size_t>(DataTypeBits(eval.input_tensor(0).type));
    ResizeNearest(shape, bits / 8, eval.input<uint8_t>(0), eval.output<uint8_t>(0));
  });
}

}  // namespace

extern const OpDef kResizeNearestNeighborOp = {
    .op = BuiltinOp::kResizeNearestNeighbor,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
