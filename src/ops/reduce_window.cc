#include "ops/common/reduce_window.h"

#include <optional>

#include "ops/common/lists.h"

namespace octolite {
namespace {

// The functions' numbers in the file format.
std::optional<ReduceKind> KindOf(int64_t function) {
  switch (function) {
    case 1:
      return ReduceKind::kSum;
    case 2:
      return ReduceKind::kProd;
    case 3:
      return ReduceKind::kMin;
    case 4:
      return ReduceKind::kMax;
    case 5:
      return ReduceKind::kAll;
    case 6:
      return ReduceKind::kAny;
    default:
      return std::nullopt;
  }
}

// Inputs: the tensor, the initial value; windows, strides and dilations, which are constant.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(5, 5, 1));
  for (int i = 0; i < 5; ++i) OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
  const auto kind = KindOf(ctx.options().Int("reduce_function", 0));
  if (!kind) return ctx.Error(StatusCode::kInvalidModel, "has no function to reduce with");
  std::array<IntList, 3> lists;
  for (int i = 2; i < 5; ++i) {
    const TensorSpec& list = ctx.input(i);
    OCTO_RETURN_IF_ERROR(ExpectList(ctx, i));
    if (!list.is_constant || list.shape.num_elements() != ctx.input(0).shape.rank()) {
      return ctx.InputError(i, StatusCode::kInvalidModel,
                            "has to be constant, with a number for each dimension of " +
                                ctx.input(0).shape.ToString());
    }
    lists[static_cast<size_t>(i - 2)] = ConstantList(list);
  }
  WindowNumbers numbers;
  numbers.window = lists[0];
  numbers.stride = lists[1];
  numbers.window_dilation = lists[2];
  return PrepareReduceWindow(ctx, *kind, numbers);
}

}  // namespace

extern const OpDef kReduceWindowOp = {
    .op = BuiltinOp::kReduceWindow,
    .prepare = Prepare,
};

}  // namespace octolite
