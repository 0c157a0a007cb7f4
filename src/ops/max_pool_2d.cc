#include "ops/common/pool.h"

namespace octolite {
namespace {

template <typename T>
std::unique_ptr<OpKernel> Make(const PoolShape& shape, T min, T max) {
  return MakeKernel([=](EvalContext& eval) {
    MaxPool<T>(shape, eval.input<T>(0), eval.output<T>(0), min, max);
    return Status::Ok();
  });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx,
                                                   const PreparedPool& pool) {
  OCTO_ASSIGN_OR_RETURN(const QuantizedRange range,
                        PoolRange(ctx, pool.activation, ctx.arithmetic()));
  return Make<T>(pool.shape, static_cast<T>(range.min), static_cast<T>(range.max));
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const PreparedPool pool, PreparePool(ctx));
  switch (ctx.input(0).type) {
    case DataType::kFloat32: {
      const FloatRange range = ActivationRange(pool.activation);
      return Make<float>(pool.shape, range.min, range.max);
    }
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx, pool);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx, pool);
    case DataType::kInt16:
      return PrepareQuantized<int16_t>(ctx, pool);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kMaxPool2DOp = {
    .op = BuiltinOp::kMaxPool2D,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
