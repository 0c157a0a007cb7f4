#include "ops/common/conv_3d.h"

#include <array>

#include "ops/common/weighted.h"
#include "ops/op_def.h"

// CONV_3D. Inputs: image [batch, d, h, w, c], weights [window d, h, w, c, output_c], optional bias
// [output_c], all float32.

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 3, 1));
  const Shape& x = ctx.input(0).shape;
  const Shape& weights = ctx.input(1).shape;
  if (x.rank() != 5 || weights.rank() != 5 || x[4] < 1 || weights[4] < 1 || weights[3] != x[4]) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "needs an image [batch, d, h, w, c] and weights [d, h, w, c, output c], has " +
                         x.ToString() + " and " + weights.ToString());
  }
  OCTO_RETURN_IF_ERROR(CheckConv3dInputs(ctx, 0, 1, 2, weights[4]));
  OCTO_ASSIGN_OR_RETURN(Conv3dShape shape, ReadConv3dWindow(ctx, weights));
  OCTO_ASSIGN_OR_RETURN(const Padding padding, ReadPadding(ctx));
  shape.batch = x[0];
  shape.input_c = x[4];
  shape.output_c = weights[4];
  for (size_t axis = 0; axis < 3; ++axis) {
    shape.input[axis] = x[static_cast<int>(axis) + 1];
    const auto window = ComputeWindowAxis(padding, shape.input[axis], shape.window[axis],
                                          shape.stride[axis], shape.dilation[axis]);
    if (!window) {
      return ctx.Error(StatusCode::kInvalidModel, "has a dilated window beyond 31 bits");
    }
    shape.padding[axis] = window->before;
    shape.output[axis] = window->output;
  }
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(
      ctx,
      std::array{shape.batch, shape.output[0], shape.output[1], shape.output[2], shape.output_c}));
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  const FloatRange range = ActivationRange(activation);
  const bool has_bias = ctx.has_input(2);
  return MakeKernel([shape, range, has_bias](EvalContext& eval) {
    Conv3d(
        shape, eval.input<float>(0), eval.input<float>(1),
        {has_bias ? eval.input<float>(2) : nullptr, range.min, range.max, eval.output<float>(0)});
    return Status::Ok();
  });
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  return outputs[0].shape.num_elements() * inputs[1].shape.Product(0, 4);
}

}  // namespace

extern const OpDef kConv3DOp = {
    .op = BuiltinOp::kConv3D,
    .prepare = Prepare,
    .multiply_adds = MultiplyAdds,
};

}  // namespace octolite
