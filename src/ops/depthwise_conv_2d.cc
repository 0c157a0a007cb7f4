#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "ops/common/conv_geometry.h"
#include "ops/common/weighted.h"
#include "ops/common/weighted_kernel.h"
#include "ops/op_def.h"

// DEPTHWISE_CONV_2D. Inputs: image [batch, h, w, c], weights [1, window_h, window_w, c *
// multiplier], optional bias [c * multiplier]. Options as CONV_2D's; depth_multiplier says nothing
// that the shapes do not.

namespace octolite {
namespace {

constexpr WeightedRules kRules = {.channel_axis = 3};

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 3, 1));
  const Shape& x = ctx.input(0).shape;
  const Shape& weights = ctx.input(1).shape;
  OCTO_RETURN_IF_ERROR(ExpectRank4(ctx, x, weights));
  if (x[3] < 1 || weights[0] != 1 || weights[3] < 1 || weights[3] % x[3] != 0) {
    return MisfitOfChannels(ctx, x, weights);
  }
  DepthwiseConv2dShape shape;
  shape.batch = x[0];
  shape.input_h = x[1];
  shape.input_w = x[2];
  shape.input_c = x[3];
  shape.multiplier = weights[3] / x[3];
  OCTO_ASSIGN_OR_RETURN(shape.window, ReadWindowGeometry(ctx, x[1], x[2], weights[1], weights[2]));
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec, PrepareWeighted(ctx, kRules, shape.output_c()));
  // What is left over after eight channels at a time goes through TFLite's plain code.
  spec.requantize.first_away = static_cast<size_t>(shape.output_c()) / 8 * 8;
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(
      ctx,
      std::array{shape.batch, shape.window.output_h, shape.window.output_w, shape.output_c()}));
  // XNNPACK has no such kernel, so that LiteRT computes as TFLite does in either arithmetic.
  OCTO_ASSIGN_OR_RETURN(std::unique_ptr<OpKernel> kernel,
                        WeightedKernel<DepthwiseConv2d>::Make(ctx, shape, std::move(spec),
                                                              DynamicScheme::kAsymmetricDouble));
  return kernel;
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  return outputs[0].shape.num_elements() * inputs[1].shape.Product(1, 3);
}

}  // namespace

extern const OpDef kDepthwiseConv2DOp = {
    .op = BuiltinOp::kDepthwiseConv2D,
    .prepare = Prepare,
    .quant = {.activation_inputs = 1u,
              .weight_input = 1,
              .bias_input = 2,
              .channel_axis = 3,
              .int8_version = 3,
              .int16_version = 5,
              .dynamic_version = 4,
              .dynamic_per_channel_version = 6},
    .multiply_adds = MultiplyAdds,
    .takes_padding = true,
    .fuses_activation = true,
};

}  // namespace octolite
