#include "ops/common/resize.h"

namespace octolite {
namespace {

template <typename T>
void Litert(const ResizeShape& shape, EvalContext& eval) {
  ResizeBilinearLitert<T>(shape, eval.input<T>(0), eval.output<T>(0));
}

template <typename T>
void Reference(const ResizeShape& shape, EvalContext& eval) {
  ResizeBilinearReference<T>(shape, eval.input<T>(0), eval.output<T>(0));
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  const bool litert = ctx.arithmetic() == Arithmetic::kLitert;
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return PrepareResize(ctx, [](const ResizeShape& shape, EvalContext& eval) {
        ResizeBilinearFloat(shape, eval.input<float>(0), eval.output<float>(0));
      });
    case DataType::kInt8:
      return PrepareResize(ctx, litert ? Litert<int8_t> : Reference<int8_t>);
    case DataType::kUInt8:
      return PrepareResize(ctx, litert ? Litert<uint8_t> : Reference<uint8_t>);
    case DataType::kInt16:
      return PrepareResize(ctx, Reference<int16_t>);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kResizeBilinearOp = {
    .op = BuiltinOp::kResizeBilinear,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
