#include "kernels/conv2d/conv2d.h"
#include "ops/common/conv_geometry.h"
#include "ops/common/weighted.h"
#include "ops/common/weighted_kernel.h"
#include "ops/op_def.h"

// CONV_2D. Inputs: image [batch, h, w, c], weights [output_c, window_h, window_w, c / groups],
// optional bias [output_c]. Options: padding, stride_h, stride_w, dilation_h_factor,
// dilation_w_factor, fused_activation_function.

namespace octolite {
namespace {

// Output pixels that depend on the input pixel at the same place alone.
bool IsPointwise(const Conv2dShape& shape) {
  const WindowGeometry& window = shape.window;
  return shape.groups == 1 && window.window_h == 1 && window.window_w == 1 &&
         window.stride_h == 1 && window.stride_w == 1;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 3, 1));
  const Shape& x = ctx.input(0).shape;
  const Shape& weights = ctx.input(1).shape;
  OCTO_RETURN_IF_ERROR(ExpectRank4(ctx, x, weights));
  Conv2dShape shape;
  shape.batch = x[0];
  shape.input_h = x[1];
  shape.input_w = x[2];
  shape.input_c = x[3];
  shape.output_c = weights[0];
  if (x[3] < 1 || weights[0] < 1 || weights[3] < 1 || x[3] % weights[3] != 0 ||
      weights[0] % (x[3] / weights[3]) != 0) {
    return MisfitOfChannels(ctx, x, weights);
  }
  shape.groups = x[3] / weights[3];
  OCTO_ASSIGN_OR_RETURN(shape.window, ReadWindowGeometry(ctx, x[1], x[2], weights[1], weights[2]));
  // Groups are beyond TFLite's optimized kernels.
  const WeightedRules rules = {.optimized = shape.groups > 1 ? Rounding::kFixedPoint
                                                             : Rounding::kFixedPointUp};
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec, PrepareWeighted(ctx, rules, shape.output_c));
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(
      ctx, std::array{shape.batch, shape.window.output_h, shape.window.output_w, shape.output_c}));
  if (spec.mode == WeightedMode::kDynamic && spec.xnnpack && IsPointwise(shape)) {
    // To XNNPACK this is a FULLY_CONNECTED: each pixel is quantized on its own.
    const FullyConnectedShape rows = {.batch = static_cast<int32_t>(shape.output_pixels()),
                                      .units = shape.output_c,
                                      .depth = shape.input_c};
    OCTO_ASSIGN_OR_RETURN(std::unique_ptr<OpKernel> kernel,
                          WeightedKernel<FullyConnected>::Make(ctx, rows, std::move(spec),
                                                               DynamicScheme::kAsymmetricFloat));
    return kernel;
  }
  // TFLite's kernels use a zero point only with weights of several scales, or in groups.
  const DynamicScheme builtin = spec.per_channel || shape.groups > 1
                                    ? DynamicScheme::kAsymmetricDouble
                                    : DynamicScheme::kSymmetric;
  const DynamicScheme scheme = spec.xnnpack ? DynamicScheme::kAsymmetricFloat : builtin;
  OCTO_ASSIGN_OR_RETURN(std::unique_ptr<OpKernel> kernel,
                        WeightedKernel<Conv2d>::Make(ctx, shape, std::move(spec), scheme));
  return kernel;
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  const Shape& weights = inputs[1].shape;
  return outputs[0].shape.num_elements() * weights.Product(1, weights.rank());
}

}  // namespace

extern const OpDef kConv2DOp = {
    .op = BuiltinOp::kConv2D,
    .prepare = Prepare,
    .quant = {.activation_inputs = 1u,
              .weight_input = 1,
              .bias_input = 2,
              .channel_axis = 0,
              .int8_version = 3,
              .int16_version = 4,
              .dynamic_version = 2,
              .dynamic_per_channel_version = 5,
              .int4_version = 7,
              .int4_with_int16 = true},
    .multiply_adds = MultiplyAdds,
    .takes_padding = true,
    .fuses_activation = true,
};

}  // namespace octolite
