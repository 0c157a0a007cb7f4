#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct SliceParams {
  Shape output;
  CopyPlan copy;
};

Result<SliceParams> MakeParams(const Shape& input, const IntList& begin, const IntList& size,
                               size_t element_bytes) {
  const auto rank = static_cast<size_t>(input.rank());
  if (begin.size() != rank || size.size() != rank) {
    return Status(StatusCode::kInvalidModel, "has " + std::to_string(begin.size()) +
                                                 " begins and " + std::to_string(size.size()) +
                                                 " sizes for shape " + input.ToString());
  }
  const Strides from = DenseStrides(input, element_bytes);
  SliceParams params;
  int64_t offset = 0;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t dim = input[static_cast<int>(i)];
    // -1 asks for all that follows.
    const bool starts_inside = begin[i] >= 0 && begin[i] <= dim;
    const int64_t left = starts_inside ? dim - begin[i] : 0;
    const int64_t count = size[i] == -1 ? left : size[i];
    if (!starts_inside || count < 0 || count > left) {
      return Status(StatusCode::kInvalidModel, "takes " + std::to_string(size[i]) +
                                                   " elements from " + std::to_string(begin[i]) +
                                                   " in dimension " + std::to_string(i) + " of " +
                                                   input.ToString());
    }
    offset += begin[i] * from[i];
    params.output.Append(static_cast<int32_t>(count));
  }
  params.copy = MakeCopyPlan(params.output, element_bytes, from,
                             DenseStrides(params.output, element_bytes), offset);
  return params;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1, 2},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], lists[1], bytes);
      },
      [](const SliceParams& params, EvalContext& eval) {
        return MoveElements(eval, 0, 0, params.output, params.copy);
      });
}

}  // namespace

extern const OpDef kSliceOp = {
    .op = BuiltinOp::kSlice,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 4},
};

}  // namespace octolite
