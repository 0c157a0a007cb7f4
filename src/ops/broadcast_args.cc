#include <algorithm>

#include "ops/common/elements.h"

namespace octolite {
namespace {

template <typename T>
Status Run(EvalContext& eval) {
  const int32_t count = eval.output_tensor(0).shape[0];
  // Dimension i from the end, 1 where the shape has fewer.
  const auto dimension = [&](int input, int32_t i) {
    const int32_t at = eval.input_tensor(input).shape[0] - 1 - i;
    return at < 0 ? T{1} : eval.input<T>(input)[at];
  };
  for (int32_t i = 0; i < count; ++i) {
    const T a = dimension(0, i);
    const T b = dimension(1, i);
    if (a != b && a != 1 && b != 1) {
      return Status(StatusCode::kShapeMismatch, "cannot broadcast dimensions " + std::to_string(a) +
                                                    " and " + std::to_string(b));
    }
    eval.output<T>(0)[count - 1 - i] = a == 1 ? b : a;
  }
  return Status::Ok();
}

// Two shapes in, the shape that they broadcast to out.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  for (int i = 0; i < 2; ++i) {
    OCTO_RETURN_IF_ERROR(ExpectIndices(ctx, i, false));
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(i), ctx.output(0)));
    if (ctx.input(i).shape.rank() != 1) {
      return ctx.InputError(i, StatusCode::kInvalidModel, "is not a list of dimensions");
    }
  }
  ctx.SetOutputShape(0, {std::max(ctx.input(0).shape[0], ctx.input(1).shape[0])});
  return MakeKernel(ctx.output(0).type == DataType::kInt64 ? Run<int64_t> : Run<int32_t>);
}

}  // namespace

extern const OpDef kBroadcastArgsOp = {.op = BuiltinOp::kBroadcastArgs, .prepare = Prepare};

}  // namespace octolite
