#include "kernels/transpose_conv/transpose_conv.h"

#include <array>
#include <cstring>

#include "ops/common/conv_geometry.h"
#include "ops/common/conv_kernel.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

// TRANSPOSE_CONV. Inputs: output shape [4], weights [output_c, window_h, window_w, c], image
// [batch, h, w, c], optional bias [output_c]. Options: padding, stride_h, stride_w,
// fused_activation_function.

namespace octolite {
namespace {

constexpr WeightedInputs kInputs = {.activation = 2, .weights = 1, .bias = 3};

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 4, 1));
  const TensorSpec& wanted = ctx.input(0);
  const Shape& weights = ctx.input(1).shape;
  const Shape& x = ctx.input(2).shape;
  OCTO_RETURN_IF_ERROR(ExpectRank4(ctx, x, weights));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(wanted, DataType::kInt32));
  if (wanted.shape != Shape{4}) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "needs an output shape of 4 numbers, has " + wanted.shape.ToString());
  }
  if (!wanted.is_constant || wanted.constant.size() < 4 * sizeof(int32_t)) {
    return ctx.InputError(0, StatusCode::kUnsupportedOperator,
                          "does not run with an output shape that is computed");
  }
  std::array<int32_t, 4> dims;
  std::memcpy(dims.data(), wanted.constant.data(), sizeof(dims));
  if (x[3] < 1 || weights[0] < 1 || weights[3] != x[3] || dims[3] != weights[0]) {
    return MisfitOfChannels(ctx, x, weights);
  }
  if (dims[0] != x[0]) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "asks for a batch of " + std::to_string(dims[0]) +
                              " where the input has " + std::to_string(x[0]));
  }
  OCTO_RETURN_IF_ERROR(SetCheckedOutputShape(ctx, dims));
  TransposeConvShape shape;
  shape.batch = x[0];
  shape.input_h = x[1];
  shape.input_w = x[2];
  shape.input_c = x[3];
  shape.output_c = weights[0];
  // Padding is that of the convolution which this one transposes: from output to input.
  OCTO_ASSIGN_OR_RETURN(shape.window,
                        ReadWindowGeometry(ctx, dims[1], dims[2], weights[1], weights[2]));
  shape.window.dilation_h = shape.window.dilation_w = 1;
  shape.window.output_h = dims[1];
  shape.window.output_w = dims[2];
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec,
                        PrepareWeighted(ctx, kInputs, shape.output_c, 0, Rounding::kFixedPoint));
  const DynamicScheme scheme = ctx.arithmetic() == Arithmetic::kLitert
                                   ? DynamicScheme::kAsymmetricFloat
                                   : DynamicScheme::kAsymmetricDouble;
  return ConvKernel<TransposeConv>::Make(ctx, shape, std::move(spec), scheme);
}

// Every input value meets the whole window.
int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[2].shape.num_elements() * inputs[1].shape.Product(0, 3);
}

}  // namespace

const OpDef kTransposeConvOp = {
    .op = BuiltinOp::kTransposeConv,
    .prepare = Prepare,
    .quant = {.activation_inputs = 1u << 2,
              .weight_input = 1,
              .bias_input = 3,
              .channel_axis = 0,
              .int8_version = 3},
    .multiply_adds = MultiplyAdds,
};

}  // namespace octolite
