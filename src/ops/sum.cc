#include "ops/common/quantized_sum.h"

namespace octolite {
namespace {

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const QuantizedSum sum, ReadQuantizedSum(ctx));
  const bool litert = ctx.arithmetic() == Arithmetic::kLitert;
  const bool xnnpack = litert && sizeof(T) == 1 && XnnpackReduces(ctx);
  return PrepareReduction(
      ctx, sizeof(int32_t), CheckQuantizedSum<T>,
      [=](const ReduceParams& params, EvalContext& eval) {
        const T* in = eval.input<T>(0);
        T* out = eval.output<T>(0);
        auto* sums = eval.scratch<int32_t>();
        const int64_t outputs = params.output.num_elements();
        const float scale = sum.input_scale / sum.output_scale;
        if (xnnpack) {
          SumLitertParams add =
              MakeSumLitertParams(sum.input_scale, sum.input_zero_point, sum.output_scale,
                                  sum.output.zero_point, params.count);
          add.min = sum.output.min;
          add.max = sum.output.max;
          SumLitert(add, params.plan, in, out, sums, outputs);
        } else if (litert) {
          const float offset =
              -static_cast<float>(sum.input_zero_point) * scale * static_cast<float>(params.count);
          SumOptimized({scale, offset, sum.output}, params.plan, in, out, sums, outputs);
        } else {
          // LiteRT's own reference kernel reads int8 and int16 as if they were uint8; this is the
          // same function with the right type, as microcontrollers run it.
          const SumReferenceParams add = {static_cast<int32_t>(params.count) * sum.input_zero_point,
                                          QuantizeMultiplier(static_cast<double>(sum.input_scale) /
                                                             static_cast<double>(sum.output_scale)),
                                          sum.output};
          SumReference(add, params.plan, in, out, sums, outputs);
        }
      });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectReduction(ctx));
  switch (ctx.input(0).type) {
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx);
    case DataType::kInt16:
      return PrepareQuantized<int16_t>(ctx);
    default:
      return PrepareReduce(ctx, ReduceKind::kSum);
  }
}

}  // namespace

extern const OpDef kSumOp = {
    .op = BuiltinOp::kSum,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
