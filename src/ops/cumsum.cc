#include "kernels/search/search.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct CumsumParams {
  Shape output;
  AxisView view;
};

template <typename T>
Result<std::unique_ptr<OpKernel>> PrepareType(PrepareContext& ctx) {
  const bool exclusive = ctx.options().Bool("exclusive", false);
  const bool reverse = ctx.options().Bool("reverse", false);
  return PrepareWithLists(
      ctx, 0, {1},
      [](const Shape& input, std::span<const IntList> lists) -> Result<CumsumParams> {
        const IntList& list = lists[0];
        const auto axis = list.size() == 1 ? ResolveAxis(list[0], input.rank()) : std::nullopt;
        if (axis) return CumsumParams{input, MakeAxisView(input, *axis)};
        return Status(StatusCode::kInvalidModel,
                      "needs an axis that is one of the dimensions of " + input.ToString());
      },
      [=](const CumsumParams& params, EvalContext& eval) {
        CumSum(params.view, exclusive, reverse, eval.input<T>(0), eval.output<T>(0));
      });
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectInput(0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  switch (ctx.input(0).type) {
    case DataType::kFloat32:
      return PrepareType<float>(ctx);
    case DataType::kInt32:
      return PrepareType<int32_t>(ctx);
    case DataType::kInt64:
      return PrepareType<int64_t>(ctx);
    default:
      return ctx.UnsupportedType(ctx.input(0));
  }
}

}  // namespace

extern const OpDef kCumsumOp = {
    .op = BuiltinOp::kCumsum,
    .prepare = Prepare,
};

}  // namespace octolite
