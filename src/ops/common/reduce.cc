#include "ops/common/reduce.h"

#include <algorithm>
#include <limits>

namespace octolite {
namespace {

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareType(PrepareContext& ctx, ReduceKind kind) {
  // XNNPACK finds an infinity in nothing, and TFLite's kernels the last finite number.
  const bool finite = ctx.arithmetic() == Arithmetic::kReference || !XnnpackReduces(ctx);
  return PrepareReduction(
      ctx, 0, [](const ReduceParams&) { return Status::Ok(); },
      [=](const ReduceParams& params, EvalContext& eval) {
        T* out = eval.output<T>(0);
        const int64_t outputs = params.output.num_elements();
        Reduce(kind, params.plan, eval.input<T>(0), out, outputs);
        if (!finite || params.count != 0) return;
        using Limits = std::numeric_limits<T>;
        if (kind == ReduceKind::kMax) std::fill(out, out + outputs, Limits::lowest());
        if (kind == ReduceKind::kMin) std::fill(out, out + outputs, Limits::max());
      });
}

}  // namespace

Result<ReduceParams> MakeReduceParams(const Shape& input, const IntList& axes, bool keep_dims) {
  ReduceParams params;
  for (const int64_t value : axes) {
    // A scalar may be "reduced" along any axis: they are not looked at.
    if (input.rank() == 0) continue;
    const auto axis = ResolveAxis(value, input.rank());
    if (!axis) {
      return Status(StatusCode::kInvalidModel,
                    "axis " + std::to_string(value) + " is not a dimension of " + input.ToString());
    }
    params.reduced[static_cast<size_t>(*axis)] = true;
  }
  Shape reduced = input;
  for (int i = 0; i < input.rank(); ++i) {
    if (params.reduced[static_cast<size_t>(i)]) {
      params.count *= input[i];
      reduced.set_dim(i, 1);
      if (keep_dims) params.output.Append(1);
    } else {
      params.output.Append(input[i]);
    }
  }
  params.plan = MakeReducePlan(input, reduced);
  return params;
}

bool XnnpackReduces(const PrepareContext& ctx) {
  return ctx.input(1).is_constant && ctx.input(1).shape.num_elements() > 0;
}

Status ExpectReduction(const PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  return ctx.ExpectSameType(ctx.input(0), ctx.output(0));
}

Result<std::unique_ptr<OpKernel>> PrepareReduce(PrepareContext& ctx, ReduceKind kind) {
  OCTO_RETURN_IF_ERROR(ExpectReduction(ctx));
  const TensorSpec& input = ctx.input(0);
  if (kind == ReduceKind::kAny || kind == ReduceKind::kAll) {
    return input.type == DataType::kBool ? PrepareType<uint8_t>(ctx, kind)
                                         : ctx.UnsupportedType(input);
  }
  switch (input.type) {
    case DataType::kFloat32:
      return PrepareType<float>(ctx, kind);
    case DataType::kInt32:
      return PrepareType<int32_t>(ctx, kind);
    case DataType::kInt64:
      return PrepareType<int64_t>(ctx, kind);
    case DataType::kInt8:
    case DataType::kUInt8:
    case DataType::kInt16:
      break;
    default:
      return ctx.UnsupportedType(input);
  }
  OCTO_RETURN_IF_ERROR(ExpectSameQuantization(ctx));
  if (input.type == DataType::kInt16) return PrepareType<int16_t>(ctx, kind);
  return input.type == DataType::kInt8 ? PrepareType<int8_t>(ctx, kind)
                                       : PrepareType<uint8_t>(ctx, kind);
}

Status ExpectSameQuantization(const PrepareContext& ctx) {
  const TensorSpec& input = ctx.input(0);
  const TensorSpec& output = ctx.output(0);
  if (input.scale() == output.scale() && input.zero_point() == output.zero_point()) {
    return Status::Ok();
  }
  return ctx.OutputError(0, StatusCode::kInvalidModel,
                         "needs the scale and zero point of the input");
}

}  // namespace octolite
