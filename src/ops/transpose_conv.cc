#include "kernels/transpose_conv/transpose_conv.h"

#include <array>
#include <cstring>

#include "ops/common/conv_geometry.h"
#include "ops/common/weighted.h"
#include "ops/common/weighted_kernel.h"
#include "ops/op_def.h"

// TRANSPOSE_CONV. Inputs: output shape [4], weights [output_c, window_h, window_w, c], image
// [batch, h, w, c], optional bias [output_c]. Options: padding, stride_h, stride_w,
// fused_activation_function.

namespace octolite {
namespace {

using Kernel = WeightedKernel<TransposeConv>;
using Dims = std::array<int32_t, 4>;

constexpr WeightedRules kRules = {.inputs = {.activation = 2, .weights = 1, .bias = 3},
                                  .optimized = Rounding::kFixedPoint};

// The shape with the output that is asked for; batch and channels must be those of the input and
// the weights.
Result<TransposeConvShape> WithOutput(TransposeConvShape shape, Padding padding, const Dims& dims) {
  if (!Shape::Make(dims)) {
    return Status(StatusCode::kShapeMismatch, "asks for an output that no tensor can have");
  }
  if (dims[0] != shape.batch || dims[3] != shape.output_c) {
    return Status(StatusCode::kInvalidModel,
                  "asks for an output of batch " + std::to_string(dims[0]) + " and " +
                      std::to_string(dims[3]) + " channels where input and weights make " +
                      std::to_string(shape.batch) + " and " + std::to_string(shape.output_c));
  }
  // Padding is that of the convolution which this one transposes: from output to input.
  WindowGeometry& w = shape.window;
  const auto rows = ComputeWindowAxis(padding, dims[1], w.window_h, w.stride_h, 1);
  const auto columns = ComputeWindowAxis(padding, dims[2], w.window_w, w.stride_w, 1);
  w.output_h = dims[1];
  w.output_w = dims[2];
  w.pad_top = rows ? rows->before : 0;
  w.pad_left = columns ? columns->before : 0;
  return shape;
}

// Reads the shape of its output each time it runs.
class RuntimeShapeKernel final : public OpKernel {
 public:
  RuntimeShapeKernel(std::unique_ptr<Kernel> kernel, const TransposeConvShape& shape,
                     Padding padding)
      : kernel_(std::move(kernel)), shape_(shape), padding_(padding) {}

  Status Eval(EvalContext& ctx) const override {
    Dims dims;
    std::memcpy(dims.data(), ctx.input<uint8_t>(0), sizeof(dims));
    OCTO_ASSIGN_OR_RETURN(const TransposeConvShape shape, WithOutput(shape_, padding_, dims));
    OCTO_RETURN_IF_ERROR(ctx.AllocateOutput(0, Shape{dims[0], dims[1], dims[2], dims[3]}));
    kernel_->Run(ctx, shape);
    return Status::Ok();
  }
  size_t owned_bytes() const override { return kernel_->owned_bytes(); }

 private:
  std::unique_ptr<Kernel> kernel_;
  TransposeConvShape shape_;
  Padding padding_;
};

// Everything but what depends on the size of the output.
Result<TransposeConvShape> PrepareShape(const PrepareContext& ctx) {
  const Shape& weights = ctx.input(1).shape;
  const Shape& x = ctx.input(2).shape;
  OCTO_RETURN_IF_ERROR(ExpectRank4(ctx, x, weights));
  if (x[3] < 1 || weights[0] < 1 || weights[3] != x[3]) return MisfitOfChannels(ctx, x, weights);
  TransposeConvShape shape;
  shape.batch = x[0];
  shape.input_h = x[1];
  shape.input_w = x[2];
  shape.input_c = x[3];
  shape.output_c = weights[0];
  OCTO_ASSIGN_OR_RETURN(shape.window, ReadWindowGeometry(ctx, 1, 1, weights[1], weights[2]));
  shape.window.dilation_h = shape.window.dilation_w = 1;
  return shape;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 4, 1));
  const TensorSpec& wanted = ctx.input(0);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(wanted, DataType::kInt32));
  if (wanted.shape != Shape{4}) {
    return ctx.InputError(0, StatusCode::kInvalidModel,
                          "needs an output shape of 4 numbers, has " + wanted.shape.ToString());
  }
  OCTO_ASSIGN_OR_RETURN(TransposeConvShape shape, PrepareShape(ctx));
  const auto padding = static_cast<Padding>(ctx.options().Int("padding", 0));
  if (wanted.is_constant) {
    Dims dims;
    std::memcpy(dims.data(), wanted.constant.data(), sizeof(dims));
    auto resolved = WithOutput(shape, padding, dims);
    if (!resolved.ok()) {
      return ctx.InputError(0, resolved.status().code(), resolved.status().message());
    }
    shape = *resolved;
    ctx.SetOutputShape(0, Shape{dims[0], dims[1], dims[2], dims[3]});
  } else {
    ctx.SetOutputDynamic(0);
  }
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec, PrepareWeighted(ctx, kRules, shape.output_c));
  const DynamicScheme scheme =
      spec.xnnpack ? DynamicScheme::kAsymmetricFloat : DynamicScheme::kAsymmetricDouble;
  OCTO_ASSIGN_OR_RETURN(std::unique_ptr<Kernel> kernel,
                        Kernel::Make(ctx, shape, std::move(spec), scheme));
  if (wanted.is_constant) return std::unique_ptr<OpKernel>(std::move(kernel));
  return std::unique_ptr<OpKernel>(new RuntimeShapeKernel(std::move(kernel), shape, padding));
}

// Every input value meets the whole window.
int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[2].shape.num_elements() * inputs[1].shape.Product(0, 3);
}

}  // namespace

extern const OpDef kTransposeConvOp = {
    .op = BuiltinOp::kTransposeConv,
    .prepare = Prepare,
    .quant = {.activation_inputs = 1u << 2,
              .weight_input = 1,
              .bias_input = 3,
              .channel_axis = 0,
              .int8_version = 3,
              .int16_version = 3,
              .dynamic_version = 3,
              .dynamic_per_channel_version = 3},
    .multiply_adds = MultiplyAdds,
    .fuses_activation = true,
};

}  // namespace octolite
