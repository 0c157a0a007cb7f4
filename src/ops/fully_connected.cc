#include "kernels/fully_connected/fully_connected.h"

#include <vector>

#include "base/checked_math.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

// FULLY_CONNECTED. Inputs: activations with any number of dimensions, weights [units, depth],
// optional bias [units]. The activations are taken as rows of `depth` values. Options:
// fused_activation_function, keep_num_dims, weights_format, asymmetric_quantize_inputs.

namespace octolite {
namespace {

class FullyConnectedKernel final : public OpKernel {
 public:
  FullyConnectedKernel(FullyConnected family, WeightedSpec spec, DynamicScheme scheme,
                       size_t rows_bytes, size_t quantized_bytes)
      : family_(std::move(family)),
        spec_(std::move(spec)),
        scheme_(scheme),
        rows_bytes_(rows_bytes),
        quantized_bytes_(quantized_bytes) {}

  Status Eval(EvalContext& ctx) const override {
    switch (spec_.mode) {
      case WeightedMode::kFloat:
        family_.RunFloat(ctx.input<float>(0), ctx.input<float>(1), BiasData<float>(ctx, spec_),
                         spec_.range.min, spec_.range.max, ctx.output<float>(0),
                         ctx.scratch<uint8_t>());
        break;
      case WeightedMode::kQuantized:
        if (spec_.type == DataType::kUInt8) {
          EvalQuantized<uint8_t>(ctx);
        } else {
          EvalQuantized<int8_t>(ctx);
        }
        break;
      case WeightedMode::kDynamic:
        EvalDynamic(ctx);
        break;
    }
    return Status::Ok();
  }

  size_t owned_bytes() const override { return family_.owned_bytes(); }

 private:
  template <typename T>
  void EvalQuantized(EvalContext& ctx) const {
    family_.RunQuantized(ctx.input<T>(0), spec_.input_zero_point, ctx.input<T>(1),
                         BiasData<int32_t>(ctx, spec_), spec_.requantize, ctx.output<T>(0),
                         ctx.scratch<uint8_t>());
  }

  void EvalDynamic(EvalContext& ctx) const {
    const FullyConnectedShape& shape = family_.shape();
    auto* rows = ctx.scratch<DynamicRow>();
    auto* quantized = reinterpret_cast<int8_t*>(ctx.scratch<uint8_t>() + rows_bytes_);
    const auto depth = static_cast<size_t>(shape.depth);
    for (size_t b = 0; b < static_cast<size_t>(shape.batch); ++b) {
      rows[b] = QuantizeRow(scheme_, ctx.input<float>(0) + b * depth, depth, quantized + b * depth);
    }
    family_.RunDynamic(quantized, rows, ctx.input<int8_t>(1), BiasData<float>(ctx, spec_),
                       spec_.dequantize, ctx.output<float>(0),
                       ctx.scratch<uint8_t>() + rows_bytes_ + quantized_bytes_);
  }

  FullyConnected family_;
  WeightedSpec spec_;
  DynamicScheme scheme_;
  size_t rows_bytes_;
  size_t quantized_bytes_;
};

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
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 3, 1));
  if (ctx.options().Int("weights_format", 0) != 0) {
    return ctx.Error(StatusCode::kUnsupportedOperator, "does not run with shuffled weights");
  }
  OCTO_ASSIGN_OR_RETURN(const FullyConnectedShape shape, PrepareShapes(ctx));
  OCTO_ASSIGN_OR_RETURN(WeightedSpec spec,
                        PrepareWeighted(ctx, {}, shape.units, 0, Rounding::kDouble));
  const DynamicScheme reference = ctx.options().Bool("asymmetric_quantize_inputs", false)
                                      ? DynamicScheme::kAsymmetricDouble
                                      : DynamicScheme::kSymmetric;
  const DynamicScheme scheme =
      ctx.arithmetic() == Arithmetic::kLitert ? DynamicScheme::kAsymmetricFloat : reference;
  const TensorSpec& weights = ctx.input(1);
  OCTO_ASSIGN_OR_RETURN(
      FullyConnected family,
      FullyConnected::Make(shape, weights.type, spec.weight_zero_point,
                           weights.is_constant ? weights.constant.data() : nullptr));
  size_t rows_bytes = 0;
  size_t quantized_bytes = 0;
  if (spec.mode == WeightedMode::kDynamic) {
    rows_bytes =
        static_cast<size_t>(RoundUp(shape.batch * static_cast<int64_t>(sizeof(DynamicRow)), 64));
    quantized_bytes = static_cast<size_t>(RoundUp(ctx.input(0).shape.num_elements() + 64, 64));
  }
  ctx.RequestScratch(rows_bytes + quantized_bytes + family.scratch_bytes());
  return std::unique_ptr<OpKernel>(new FullyConnectedKernel(std::move(family), std::move(spec),
                                                            scheme, rows_bytes, quantized_bytes));
}

int64_t MultiplyAdds(std::span<const TensorSpec> inputs, std::span<const TensorSpec>) {
  return inputs[0].shape.num_elements() * inputs[1].shape[0];
}

}  // namespace

const OpDef kFullyConnectedOp = {
    .op = BuiltinOp::kFullyConnected,
    .prepare = Prepare,
    .quant = {.activation_inputs = 1u,
              .weight_input = 1,
              .bias_input = 2,
              .channel_axis = 0,
              .int8_version = 4,
              .dynamic_version = 3,
              .dynamic_per_channel_version = 12},
    .multiply_adds = MultiplyAdds,
};

}  // namespace octolite
