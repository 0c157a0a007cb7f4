#include "ops/common/weighted.h"

#include <cmath>
#include <vector>

namespace octolite {
namespace {

bool IsByte(DataType type) { return type == DataType::kInt8 || type == DataType::kUInt8; }

Result<WeightedMode> ChooseMode(const PrepareContext& ctx, const TensorSpec& x,
                                const TensorSpec& weights) {
  const TensorSpec& output = ctx.output(0);
  if (x.type == DataType::kFloat32) {
    if (weights.type != DataType::kFloat32 && weights.type != DataType::kInt8) {
      return ctx.UnsupportedType(weights);
    }
    OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(x, output));
    return weights.type == DataType::kFloat32 ? WeightedMode::kFloat : WeightedMode::kDynamic;
  }
  if (!IsByte(x.type)) return ctx.UnsupportedType(x);
  if (weights.type != x.type) return ctx.UnsupportedType(weights);
  if (output.type != x.type) return ctx.UnsupportedType(output);
  return WeightedMode::kQuantized;
}

// One scale, or one for each channel along an axis as long; zero points that the type allows.
Status CheckWeightQuantization(const PrepareContext& ctx, int input, int32_t channels,
                               int channel_axis) {
  const TensorSpec& weights = ctx.input(input);
  const auto refuse = [&](std::string problem) {
    return ctx.InputError(input, StatusCode::kInvalidModel, "weights " + std::move(problem));
  };
  if (!weights.quantized()) return refuse("have no scale");
  const Quantization& q = *weights.quantization;
  if (q.blockwise) {
    return ctx.InputError(input, StatusCode::kUnsupportedOperator,
                          "does not run with blockwise quantized weights");
  }
  if (q.per_channel()) {
    if (q.scale.size() != static_cast<size_t>(channels)) {
      return refuse("have " + std::to_string(q.scale.size()) + " scales for " +
                    std::to_string(channels) + " output channels");
    }
    if (q.quantized_dimension < 0 || q.quantized_dimension >= weights.shape.rank() ||
        weights.shape.dim(q.quantized_dimension) != channels) {
      return refuse("are quantized along dimension " + std::to_string(q.quantized_dimension) +
                    " where the output channels are dimension " + std::to_string(channel_axis));
    }
  }
  for (const float scale : q.scale) {
    // Zero is what quantizers write for a channel without content.
    if (!(scale >= 0) || !std::isfinite(scale)) return refuse("have a negative or infinite scale");
  }
  if (weights.type == DataType::kUInt8) return ctx.ExpectPerTensorQuantization(weights);
  for (const int64_t zero_point : q.zero_point) {
    if (zero_point != 0) return refuse("have a zero point that is not 0");
  }
  return Status::Ok();
}

Status CheckBias(const PrepareContext& ctx, int input, WeightedMode mode, int32_t channels) {
  const TensorSpec& bias = ctx.input(input);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(
      bias, mode == WeightedMode::kQuantized ? DataType::kInt32 : DataType::kFloat32));
  if (bias.shape.num_elements() != channels) {
    return ctx.InputError(input, StatusCode::kInvalidModel,
                          "bias has shape " + bias.shape.ToString() + " for " +
                              std::to_string(channels) + " output channels");
  }
  if (mode == WeightedMode::kQuantized && bias.zero_point() != 0) {
    return ctx.InputError(input, StatusCode::kInvalidModel, "bias has a zero point that is not 0");
  }
  return Status::Ok();
}

Result<QuantizedOutput> MakeRequantize(const PrepareContext& ctx, const TensorSpec& x,
                                       const TensorSpec& weights, const FusedActivation activation,
                                       int32_t channels, Rounding reference_rounding) {
  const TensorSpec& output = ctx.output(0);
  const std::vector<float>& weight_scales = weights.quantization->scale;
  std::vector<float> float_scales(static_cast<size_t>(channels));
  std::vector<double> scales(float_scales.size());
  for (size_t c = 0; c < scales.size(); ++c) {
    const float weight_scale = weight_scales[weight_scales.size() > 1 ? c : 0];
    float_scales[c] = x.scale() * weight_scale / output.scale();
    // The reference kernels of the legacy type multiply the first two in float.
    const double product = x.type == DataType::kUInt8 && reference_rounding == Rounding::kFixedPoint
                               ? static_cast<double>(x.scale() * weight_scale)
                               : static_cast<double>(x.scale()) * static_cast<double>(weight_scale);
    scales[c] = product / static_cast<double>(output.scale());
    if (!std::isfinite(float_scales[c])) {
      return ctx.OutputError(0, StatusCode::kInvalidModel,
                             "input scale * weight scale / output scale is infinite");
    }
  }
  const QuantizedRange limits = QuantizedActivationRange(activation, output.type, output.scale(),
                                                         output.zero_point(), ctx.arithmetic());
  const OutputRange range = {output.zero_point(), limits.min, limits.max};
  const Rounding rounding =
      ctx.arithmetic() == Arithmetic::kLitert ? Rounding::kFloat : reference_rounding;
  return QuantizedOutput::Make(rounding, range, float_scales, scales);
}

}  // namespace

Result<WeightedSpec> PrepareWeighted(const PrepareContext& ctx, const WeightedInputs& inputs,
                                     int32_t channels, int channel_axis,
                                     Rounding reference_rounding) {
  const TensorSpec& x = ctx.input(inputs.activation);
  const TensorSpec& weights = ctx.input(inputs.weights);
  WeightedSpec spec;
  spec.inputs = inputs;
  spec.type = x.type;
  spec.has_bias = ctx.has_input(inputs.bias);
  OCTO_ASSIGN_OR_RETURN(spec.mode, ChooseMode(ctx, x, weights));
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  spec.range = ActivationRange(activation);
  if (spec.has_bias) {
    OCTO_RETURN_IF_ERROR(CheckBias(ctx, inputs.bias, spec.mode, channels));
  }
  if (weights.is_constant &&
      weights.constant.size() !=
          DataTypeBytes(weights.type, static_cast<size_t>(weights.shape.num_elements()))) {
    return ctx.InputError(inputs.weights, StatusCode::kInvalidModel,
                          "weights hold another number of bytes than their shape says");
  }
  if (spec.mode == WeightedMode::kFloat) return spec;

  OCTO_RETURN_IF_ERROR(CheckWeightQuantization(ctx, inputs.weights, channels, channel_axis));
  spec.weight_zero_point = weights.zero_point();
  spec.per_channel = weights.quantization->per_channel();
  if (spec.mode == WeightedMode::kQuantized) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(x));
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.output(0)));
    spec.input_zero_point = x.zero_point();
    OCTO_ASSIGN_OR_RETURN(
        spec.requantize, MakeRequantize(ctx, x, weights, activation, channels, reference_rounding));
    return spec;
  }
  const std::vector<float>& scales = weights.quantization->scale;
  spec.dequantize.min = spec.range.min;
  spec.dequantize.max = spec.range.max;
  spec.dequantize.channel_scale = scales;
  spec.dequantize.channel_scale.resize(static_cast<size_t>(channels), scales[0]);
  spec.dequantize.channel_scale.resize(PaddedChannels(static_cast<size_t>(channels)));
  return spec;
}

Status SetCheckedOutputShape(PrepareContext& ctx, std::span<const int32_t> dims) {
  const std::optional<Shape> shape = Shape::Make(dims);
  if (!shape) {
    return ctx.OutputError(0, StatusCode::kShapeMismatch,
                           "would have more elements than a tensor can");
  }
  ctx.SetOutputShape(0, *shape);
  return Status::Ok();
}

Status RequestCheckedScratch(PrepareContext& ctx, int64_t bytes) {
  if (bytes > INT32_MAX) {
    return ctx.Error(StatusCode::kOutOfMemory,
                     "needs " + std::to_string(bytes) + " bytes of scratch memory");
  }
  ctx.RequestScratch(static_cast<size_t>(bytes));
  return Status::Ok();
}

}  // namespace octolite
