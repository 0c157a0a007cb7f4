#include "ops/common/activation.h"
#include "ops/common/quantized_sum.h"
#include "ops/common/reduce.h"

namespace octolite {
namespace {

// TFLite's optimized kernel for the mean of an image's pixels, dimensions kept: the zero points are
// rounded apart, and the scale is float32.
SumReferenceParams MakeSpatialParams(const QuantizedSum& sum, int64_t count) {
  const float zero = static_cast<float>(sum.input_zero_point) * sum.input_scale / sum.output_scale;
  const float limited = std::clamp(zero > 0 ? zero + 0.5f : zero - 0.5f, -1e9f, 1e9f);
  OutputRange output = sum.output;
  output.zero_point -= static_cast<int32_t>(limited);
  const float scale = sum.input_scale / (static_cast<float>(count) * sum.output_scale);
  return {0, QuantizeMultiplier(static_cast<double>(scale)), output};
}

bool IsSpatial(const ReduceParams& params) {
  const auto& reduced = params.reduced;
  return params.output.rank() == 4 && !reduced[0] && reduced[1] && reduced[2] && !reduced[3];
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  OCTO_ASSIGN_OR_RETURN(const QuantizedSum sum, ReadQuantizedSum(ctx));
  const bool xnnpack = ctx.arithmetic() == Arithmetic::kLitert && sizeof(T) == 1;
  const bool reduces = XnnpackReduces(ctx);
  const bool keep_dims = ctx.options().Bool("keep_dims", false);
  return PrepareReduction(
      ctx, sizeof(int32_t), CheckQuantizedSum<T>,
      [=](const ReduceParams& params, EvalContext& eval) {
        const T* in = eval.input<T>(0);
        T* out = eval.output<T>(0);
        auto* sums = eval.scratch<int32_t>();
        const int64_t outputs = params.output.num_elements();
        // The mean of nothing is zero.
        const int64_t count = std::max<int64_t>(params.count, 1);
        if (xnnpack && reduces) {
          SumLitertParams mean =
              MakeMeanLitertParams(sum.input_scale, sum.input_zero_point, sum.output_scale,
                                   sum.output.zero_point, count);
          mean.min = sum.output.min;
          mean.max = sum.output.max;
          SumLitert(mean, params.plan, in, out, sums, outputs);
        } else if (xnnpack && keep_dims && IsSpatial(params)) {
          SumReference(MakeSpatialParams(sum, count), params.plan, in, out, sums, outputs);
        } else {
          const SumReferenceParams mean = {
              static_cast<int32_t>(count) * sum.input_zero_point,
              MakeMeanMultiplier(sum.input_scale, sum.output_scale, count), sum.output};
          SumReference(mean, params.plan, in, out, sums, outputs);
        }
      });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareInteger(PrepareContext& ctx) {
  return PrepareReduction(
      ctx, sizeof(int64_t), [](const ReduceParams&) { return Status::Ok(); },
      [](const ReduceParams& params, EvalContext& eval) {
        MeanInteger(params.plan, eval.input<T>(0), eval.output<T>(0), eval.scratch<int64_t>(),
                    params.output.num_elements(), params.count);
      });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ExpectReduction(ctx));
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return PrepareReduction(
          ctx, 0, [](const ReduceParams&) { return Status::Ok(); },
          [](const ReduceParams& params, EvalContext& eval) {
            MeanFloat(params.plan, eval.input<float>(0), eval.output<float>(0),
                      params.output.num_elements(), params.count);
          });
    case DataType::kInt32:
      return PrepareInteger<int32_t>(ctx);
    case DataType::kInt64:
      return PrepareInteger<int64_t>(ctx);
    case DataType::kInt8:
      return PrepareQuantized<int8_t>(ctx);
    case DataType::kUInt8:
      return PrepareQuantized<uint8_t>(ctx);
    case DataType::kInt16:
      return PrepareQuantized<int16_t>(ctx);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kMeanOp = {
    .op = BuiltinOp::kMean,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 3},
};

}  // namespace octolite
