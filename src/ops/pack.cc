#include <algorithm>

#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

// Joins tensors of one shape along a new dimension.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const int count = ctx.num_inputs();
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, INT32_MAX, 1));
  const TensorSpec& first = ctx.input(0);
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, first));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(first, ctx.output(0)));
  if (ctx.options().Int("values_count", count) != count) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "has " + std::to_string(count) + " inputs but speaks of " +
                         std::to_string(ctx.options().Int("values_count", count)));
  }
  for (int i = 0; i < count; ++i) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectInput(i));
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(first, ctx.input(i)));
    if (!(ctx.input(i).shape == first.shape)) {
      return ctx.InputError(i, StatusCode::kShapeMismatch,
                            "has shape " + ctx.input(i).shape.ToString() + " where " +
                                first.shape.ToString() + " is needed");
    }
  }
  const int64_t option = ctx.options().Int("axis", 0);
  const int rank = first.shape.rank() + 1;
  const auto axis = ResolveAxis(option, rank);
  std::array<int32_t, Shape::kMaxRank> dims = {};
  for (int i = 0; axis && i < std::min(rank, Shape::kMaxRank); ++i) {
    dims[static_cast<size_t>(i)] = i == *axis ? count : first.shape[i < *axis ? i : i - 1];
  }
  const auto shape = axis && rank <= Shape::kMaxRank
                         ? Shape::Make({dims.data(), static_cast<size_t>(rank)})
                         : std::nullopt;
  if (!shape) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "has shape " + first.shape.ToString() + ", which " +
                              std::to_string(count) + " times cannot be packed along axis " +
                              std::to_string(option));
  }
  ctx.SetOutputShape(0, *shape);

  const Strides output_strides = DenseStrides(*shape, bytes);
  Strides to = {};
  for (int i = 0; i < rank - 1; ++i) {
    to[static_cast<size_t>(i)] = output_strides[static_cast<size_t>(i < *axis ? i : i + 1)];
  }
  const int64_t step = output_strides[static_cast<size_t>(*axis)];
  const CopyPlan copy = MakeCopyPlan(first.shape, bytes, DenseStrides(first.shape, bytes), to);
  return MakeKernel([copy, step](EvalContext& eval) {
    for (int i = 0; i < eval.num_inputs(); ++i) {
      RunCopy(copy, eval.input<uint8_t>(i), eval.output<uint8_t>(0) + i * step);
    }
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kPackOp = {
    .op = BuiltinOp::kPack,
    .prepare = Prepare,
    .quant = {.activation_inputs = QuantRule::kAllInputs,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
