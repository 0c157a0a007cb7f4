#include <utility>
#include <vector>

#include "ops/common/fully_connected_blockwise.h"
#include "ops/common/fully_connected_legacy.h"
#include "ops/common/weighted.h"
#include "ops/common/weighted_kernel.h"
#include "ops/op_def.h"

// FULLY_CONNECTED. Inputs: activations with any number of dimensions, weights [units, depth],
// optional bias of `units` elements. The activations are taken as rows of `depth` values. Options:
// fused_activation_function, keep_num_dims, weights_format, asymmetric_quantize_inputs,
// quantized_bias_type.

namespace octolite {
namespace {

constexpr WeightedRules kRules = {.reference = Rounding::kDouble, .fully_connected = true};

// The batch that the activations make, and the output's dimensions.
Result<FullyConnectedShape> PrepareShapes(PrepareContext& ctx) {
  const Shape& x = ctx.input(0).shape;
  const Shape& weights = ctx.input(1).shape;
  if (weights.rank() != 2 || weights[0] < 1 || weights[1] < 1) {
    return ctx.InputError(1, StatusCode::kInvalidModel,
                          "needs weights [units, depth], has " + weights.ToString());
  }
  const bool keep_dims = ctx.options().Bool("keep_num_dims", false);
  const int64_t elements = x.num_elements();
  if (elements % weights[1] != 0 ||
      (keep_dims && (x.rank() < 1 || x[x.rank() - 1] != weights[1]))) {
    return ctx.InputError(
        0, StatusCode::kInvalidModel,
        "has input " + x.ToString() + " that does not make rows for weights " + weights.ToString());
  }
  FullyConnectedShape shape;
  shape.batch = static_cast<int32_t>(elements / weights[1]);
  shape.depth = weights[1];
  shape.units = weights[0];
  std::vector<int32_t> dims;
  if (keep_dims) {
    dims.assign(x.dims().begin(), x.dims().end());
    dims.back() = shape.units;
  } else {
    dims = {shape.batch, shape.units};
  }
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(ctx, dims));
  return shape;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const bool shuffled = ctx.options().Int("weights_format", 0) != 0;
  if (shuffled && !(ctx.has_input(1) && ctx.input(1).type == DataType::kUInt8)) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "does not run with shuffled weights that are not uint8");
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 3, shuffled ? 2 : 1));
  OCTO_ASSIGN_OR_RETURN(const FullyConnectedShape shape, PrepareShapes(ctx));
  if (shuffled ||
      (ctx.input(0).type == DataType::kUInt8 && ctx.output(0).type == DataType::kInt16)) {
    return PrepareFullyConnectedLegacy(ctx, shape, shuffled);
  }
  const Quantization* quantization = ctx.input(1).quantization;
  if (quantization && quantization->blockwise) return PrepareFullyConnectedBlockwise(ctx, shape);
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec, PrepareWeighted(ctx, kRules, shape.units));
  const DynamicScheme builtin = ctx.options().Bool("asymmetric_quantize_inputs", false)
                                    ? DynamicScheme::kAsymmetricDouble
                                    : DynamicScheme::kSymmetric;
  const DynamicScheme scheme = spec.xnnpack ? DynamicScheme::kAsymmetricFloat : builtin;
  OCTO_ASSIGN_OR_RETURN(std::unique_ptr<OpKernel> kernel,
                        WeightedKernel<FullyConnected>::Make(ctx, shape, std::move(spec), scheme));
  return kernel;
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[0].shape.num_elements() * inputs[1].shape[0];
}

}  // namespace

extern const OpDef kFullyConnectedOp = {
    .op = BuiltinOp::kFullyConnected,
    .prepare = Prepare,
    .quant = {.activation_inputs = 1u,
              .weight_input = 1,
              .bias_input = 2,
              .channel_axis = 0,
              .int8_version = 4,
              .int16_version = 7,
              .dynamic_version = 3,
              .dynamic_per_channel_version = 12,
              .int4_version = 10,
              .int2_version = 14,
              .int4_with_int16 = true,
              .dynamic_blockwise = true},
    .multiply_adds = MultiplyAdds,
    .fuses_activation = true,
};

}  // namespace octolite
