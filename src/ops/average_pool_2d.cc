#include <algorithm>

#include "ops/common/pool.h"

namespace octolite {
namespace {

// Enough for a sum of 8-bit values in 32 bits.
constexpr int64_t kMostSummed = int64_t{1} << 23;

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(const PrepareContext& ctx,
                                                   const PreparedPool& pool) {
  // XNNPACK averages floats only: both arithmetics are that of the other kernels.
  OCTO_ASSIGN_OR_RETURN(const QuantizedRange range,
                        PoolRange(ctx, pool.activation, Arithmetic::kReference));
  const int64_t window = int64_t{std::min(pool.shape.window_h, pool.shape.input_h)} *
                         std::min(pool.shape.window_w, pool.shape.input_w);
  if (sizeof(T) == 1 && window > kMostSummed) {
    return ctx.InputError(0, StatusCode::kUnsupportedOperator,
                          "averages more elements than 32-bit sums of 8-bit values can hold");
  }
  return MakeKernel([shape = pool.shape, range](EvalContext& eval) {
    AveragePoolQuantized(shape, eval.input<T>(0), eval.output<T>(0), range.min, range.max);
    return Status::Ok();
  });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const PreparedPool pool, PreparePool(ctx));
  switch (ctx.input(0).type) {
    case DataType::kFloat32: {
      const FloatRange range = ActivationRange(pool.activation);
      return MakeKernel([shape = pool.shape, range](EvalContext& eval) {
        AveragePoolFloat(shape, eval.input<float>(0), eval.output<float>(0), range.min, range.max);
        return Status::Ok();
      });
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

extern const OpDef kAveragePool2DOp = {
    .op = BuiltinOp::kAveragePool2D,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
