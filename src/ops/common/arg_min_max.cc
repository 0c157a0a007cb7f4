#include "ops/common/arg_min_max.h"

#include "kernels/search/search.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct ArgParams {
  Shape output;
  AxisView view;
};

Result<ArgParams> MakeParams(const Shape& input, const IntList& list) {
  const auto axis = list.size() == 1 ? ResolveAxis(list[0], input.rank()) : std::nullopt;
  if (!axis) {
    return Status(StatusCode::kInvalidModel,
                  "needs an axis that is one of the dimensions of " + input.ToString());
  }
  ArgParams params;
  params.view = MakeAxisView(input, *axis);
  if (params.view.depth == 0) {
    return Status(StatusCode::kInvalidModel, "finds nothing along an axis without elements");
  }
  for (int i = 0; i < input.rank(); ++i) {
    if (i != *axis) params.output.Append(input[i]);
  }
  return params;
}

template <typename T, typename Index>
Result<std::unique_ptr<OpKernel>> Make(PrepareContext& ctx, bool largest) {
  return PrepareWithLists(
      ctx, 0, {1},
      [](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0]);
      },
      [largest](const ArgParams& params, EvalContext& eval) {
        ArgMinMax(params.view, largest, eval.input<T>(0), eval.output<Index>(0));
      });
}

template <typename T>
Result<std::unique_ptr<OpKernel>> MakeIndexed(PrepareContext& ctx, bool largest) {
  switch (ctx.output(0).type) {
    case DataType::kInt32:
      return Make<T, int32_t>(ctx, largest);
    case DataType::kInt64:
      return Make<T, int64_t>(ctx, largest);
    default:
      return ctx.UnsupportedType(ctx.output(0));
  }
}

}  // namespace

Result<std::unique_ptr<OpKernel>> PrepareArgMinMax(PrepareContext& ctx, bool largest) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return MakeIndexed<float>(ctx, largest);
    case DataType::kInt8:
      return MakeIndexed<int8_t>(ctx, largest);
    case DataType::kUInt8:
    case DataType::kBool:
      return MakeIndexed<uint8_t>(ctx, largest);
    case DataType::kInt32:
      return MakeIndexed<int32_t>(ctx, largest);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace octolite
