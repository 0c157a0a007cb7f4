#include "kernels/reduce/reduce.h"
#include "ops/common/activation.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Enough for a sum of 8-bit values in 32 bits.
constexpr int64_t kMostSummed = int64_t{1} << 23;

struct MeanParams {
  Shape output;
  BroadcastPlan plan;
  int64_t count = 1;  // elements in one sum
};

// Refuses sums of more than `most` elements.
Result<MeanParams> MakeParams(const Shape& input, const IntList& axes, bool keep_dims,
                              int64_t most) {
  std::array<bool, Shape::kMaxRank> summed = {};
  for (const int64_t value : axes) {
    // A scalar may be "reduced" along 0 and -1.
    if (input.rank() == 0 && (value == 0 || value == -1)) continue;
    const auto axis = ResolveAxis(value, input.rank());
    if (!axis) {
      return Status(StatusCode::kInvalidModel,
                    "axis " + std::to_string(value) + " is not a dimension of " + input.ToString());
    }
    summed[static_cast<size_t>(*axis)] = true;
  }
  MeanParams params;
  Shape reduced = input;
  for (int i = 0; i < input.rank(); ++i) {
    if (summed[static_cast<size_t>(i)]) {
      params.count *= input[i];
      reduced.set_dim(i, 1);
      if (keep_dims) params.output.Append(1);
    } else {
      params.output.Append(input[i]);
    }
  }
  if (params.count > most) {
    return Status(StatusCode::kUnsupportedOperator,
                  "averages more elements than 32-bit sums of 8-bit values can hold");
  }
  params.plan = MakeReducePlan(input, reduced);
  return params;
}

// Prepares run(params, eval) with scratch memory for as many sums as there are outputs, each of
// `sum_bytes`, of at most `most_summed` elements.
template <typename Run>
Result<std::unique_ptr<OpKernel>> PrepareSums(PrepareContext& ctx, size_t sum_bytes,
                                              int64_t most_summed, Run run) {
  const bool keep_dims = ctx.options().Bool("keep_dims", false);
  // Never more sums than elements, whatever the axes; at least the one of a scalar.
  const int64_t most_sums = std::max<int64_t>(ctx.input(0).shape.num_elements(), 1);
  if (ctx.input(1).is_constant) {
    OCTO_RETURN_IF_ERROR(ExpectList(ctx, 1));
    auto params =
        MakeParams(ctx.input(0).shape, ConstantList(ctx.input(1)), keep_dims, most_summed);
    if (params.ok()) {
      ctx.RequestScratch(static_cast<size_t>(params->output.num_elements()) * sum_bytes);
    }
  } else {
    ctx.RequestScratch(static_cast<size_t>(most_sums) * sum_bytes);
  }
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], keep_dims, most_summed);
      },
      run);
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareQuantized(PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(input));
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(output));
  const QuantizedRange range = TypeRange(output.type);
  const bool litert = ctx.arithmetic() == Arithmetic::kLitert;
  return PrepareSums(
      ctx, sizeof(int32_t), kMostSummed,
      [=, in_scale = input.scale(), in_zero = input.zero_point(), out_scale = output.scale(),
       out_zero = output.zero_point()](const MeanParams& params, EvalContext& eval) {
        const T* in = eval.input<T>(0);
        T* out = eval.output<T>(0);
        auto* sums = eval.scratch<int32_t>();
        const int64_t outputs = params.output.num_elements();
        // The mean of nothing is zero.
        const int64_t count = std::max<int64_t>(params.count, 1);
        if (litert) {
          MeanLitertParams mean =
              MakeMeanLitertParams(in_scale, in_zero, out_scale, out_zero, count);
          mean.min = range.min;
          mean.max = range.max;
          MeanLitert(mean, params.plan, in, out, sums, outputs);
        } else {
          const MeanReferenceParams mean = {static_cast<int32_t>(count) * in_zero,
                                            MakeMeanMultiplier(in_scale, out_scale, count),
                                            {out_zero, range.min, range.max}};
          MeanReference(mean, params.plan, in, out, sums, outputs);
        }
      });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareInteger(PrepareContext& ctx) {
  return PrepareSums(
      ctx, sizeof(int64_t), INT64_MAX, [](const MeanParams& params, EvalContext& eval) {
        MeanInteger(params.plan, eval.input<T>(0), eval.output<T>(0), eval.scratch<int64_t>(),
                    params.output.num_elements(), params.count);
      });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return PrepareSums(ctx, 0, INT64_MAX, [](const MeanParams& params, EvalContext& eval) {
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
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kMeanOp = {
    .op = BuiltinOp::kMean,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2},
};

}  // namespace octolite
