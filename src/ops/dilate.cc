#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {
namespace {

struct DilateParams {
  Shape output;
  CopyPlan copy;
};

Result<DilateParams> MakeParams(const Shape& input, const IntList& dilations,
                                size_t element_bytes) {
  bool valid = dilations.size() == static_cast<size_t>(input.rank());
  IntList dims;
  for (size_t i = 0; valid && i < dilations.size(); ++i) {
    const int64_t size = input[static_cast<int>(i)];
    valid = dilations[i] >= 1 && dilations[i] <= INT32_MAX && size >= 1;
    dims.push_back((size - 1) * dilations[i] + 1);
  }
  if (!valid) {
    return Status(StatusCode::kInvalidModel, "has shape " + input.ToString() +
                                                 " and dilations that do not fit or are below 1");
  }
  OCTO_ASSIGN_OR_RETURN(const Shape output, ShapeFromList(dims));
  Strides to = DenseStrides(output, element_bytes);
  for (size_t i = 0; i < dilations.size(); ++i) {
    if (input[static_cast<int>(i)] > 1) to[i] *= dilations[i];
  }
  return DilateParams{output,
                      MakeCopyPlan(input, element_bytes, DenseStrides(input, element_bytes), to)};
}

// Inputs: what is spread, the steps between its elements in each dimension, what lies between.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.input(2)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(1), DataType::kInt32));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovableBytes(ctx, ctx.input(0)));
  if (ctx.input(2).shape.num_elements() != 1) {
    return ctx.InputError(2, StatusCode::kInvalidModel, "is not one value");
  }
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return MakeParams(input, lists[0], bytes);
      },
      [=](const DilateParams& params, EvalContext& eval) {
        auto* const to = eval.output<uint8_t>(0);
        FillElements(to, static_cast<size_t>(params.output.num_elements()), eval.input<uint8_t>(2),
                     bytes);
        RunCopy(params.copy, eval.input<uint8_t>(0), to);
      });
}

}  // namespace

extern const OpDef kDilateOp = {.op = BuiltinOp::kDilate, .prepare = Prepare};

}  // namespace octolite
