#include "ops/common/weighted.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace octolite {
namespace {

bool IsPacked(DataType type) { return type == DataType::kInt4 || type == DataType::kInt2; }

// Whether weights of the type count as int8 once they are unpacked.
bool IsSignedByte(DataType type) { return type == DataType::kInt8 || IsPacked(type); }

Result<WeightedMode> ChooseMode(const PrepareContext& ctx, const WeightedRules& rules) {
  const TensorSpec& x = ctx.input(rules.inputs.activation);
  const TensorSpec& weights = ctx.input(rules.inputs.weights);
  const TensorSpec& output = ctx.output(0);
  const DataType type = weights.type;
  if (IsPacked(type) && !weights.is_constant) return ctx.UnsupportedType(weights);
  bool known = false;
  WeightedMode mode = WeightedMode::kQuantized;
  switch (x.type) {
    case DataType::kFloat32:
      mode = type == DataType::kFloat32 ? WeightedMode::kFloat : WeightedMode::kDynamic;
      known = type == DataType::kFloat32 || type == DataType::kUInt8 || IsSignedByte(type);
      break;
    case DataType::kInt8:
      known = IsSignedByte(type);
      break;
    case DataType::kUInt8:
      known = type == DataType::kUInt8;
      break;
    case DataType::kInt16:
      mode = WeightedMode::kWide;
      known = IsSignedByte(type) || (type == DataType::kInt16 && rules.fully_connected);
      break;
    default:
      return ctx.UnsupportedType(x);
  }
  if (!known) return ctx.UnsupportedType(weights);
  if (output.type != x.type) return ctx.UnsupportedType(output);
  return mode;
}

// One scale, or one for each channel along an axis as long; zero points that the type allows.
Status CheckWeightQuantization(const PrepareContext& ctx, const WeightedRules& rules,
                               int32_t channels) {
  const int input = rules.inputs.weights;
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
                    " where the output channels are dimension " +
                    std::to_string(rules.channel_axis));
    }
  }
  for (const float scale : q.scale) {
    // Zero is what quantizers write for a channel without content.
    if (!(scale >= 0) || !std::isfinite(scale)) return refuse("have a negative or infinite scale");
  }
  const bool int8_fully_connected = rules.fully_connected && weights.type == DataType::kInt8 &&
                                    !q.per_channel() &&
                                    ctx.input(rules.inputs.activation).type == DataType::kInt8;
  if (weights.type == DataType::kUInt8 || int8_fully_connected) {
    return ctx.ExpectPerTensorQuantization(weights);
  }
  for (const int64_t zero_point : q.zero_point) {
    if (zero_point != 0) return refuse("have a zero point that is not 0");
  }
  return Status::Ok();
}

DataType BiasType(WeightedMode mode, const TensorSpec& bias) {
  switch (mode) {
    case WeightedMode::kQuantized:
      return DataType::kInt32;
    case WeightedMode::kWide:
      return bias.type == DataType::kInt32 ? DataType::kInt32 : DataType::kInt64;
    default:
      return DataType::kFloat32;
  }
}

// int16 activations have no zero point.
Status CheckWide(const PrepareContext& ctx, int input) {
  if (ctx.input(input).zero_point() == 0 && ctx.output(0).zero_point() == 0) return Status::Ok();
  return ctx.InputError(input, StatusCode::kInvalidModel,
                        "int16 input and output need zero points of 0");
}

bool HasNarrowAccumulator(const PrepareContext& ctx, const WeightedRules& rules,
                          const WeightedSpec& spec) {
  if (spec.weights.type == DataType::kInt16) return false;
  if (spec.has_bias) return spec.bias_type == DataType::kInt32;
  const int64_t told = ctx.options().Int("quantized_bias_type", 0);
  return told == static_cast<int64_t>(DataType::kInt32) ||
         (told == 0 && rules.fully_connected && ctx.arithmetic() == Arithmetic::kLitert);
}

Rounding ChooseRounding(const PrepareContext& ctx, const WeightedRules& rules,
                        const WeightedSpec& spec) {
  if (spec.xnnpack) return Rounding::kFloat;
  if (spec.weights.type == DataType::kInt16) return Rounding::kFixedPoint;
  if (ctx.arithmetic() == Arithmetic::kReference) return rules.reference;
  // With accumulators of 64 bits LiteRT has the reference kernels alone.
  return spec.mode == WeightedMode::kWide && !spec.narrow ? rules.reference : rules.optimized;
}

Result<QuantizedOutput> MakeRequantize(const PrepareContext& ctx, const WeightedRules& rules,
                                       const WeightedSpec& spec, const FusedActivation activation,
                                       int32_t channels) {
  const TensorSpec& x = ctx.input(rules.inputs.activation);
  const TensorSpec& weights = ctx.input(rules.inputs.weights);
  const TensorSpec& output = ctx.output(0);
  const std::vector<float>& weight_scales = weights.quantization->scale;
  std::vector<float> float_scales(static_cast<size_t>(channels));
  std::vector<double> scales(float_scales.size());
  for (size_t c = 0; c < scales.size(); ++c) {
    const float weight_scale = weight_scales[weight_scales.size() > 1 ? c : 0];
    float_scales[c] = x.scale() * weight_scale / output.scale();
    // The reference kernels of the legacy type multiply the first two in float.
    const double product = x.type == DataType::kUInt8 && rules.reference == Rounding::kFixedPoint
                               ? static_cast<double>(x.scale() * weight_scale)
                               : static_cast<double>(x.scale()) * static_cast<double>(weight_scale);
    scales[c] = product / static_cast<double>(output.scale());
    if (!std::isfinite(float_scales[c])) {
      return ctx.OutputError(0, StatusCode::kInvalidModel,
                             "input scale * weight scale / output scale is infinite");
    }
  }
  const QuantizedRange limits =
      QuantizedActivationRange(activation, output.type, output.scale(), output.zero_point(),
                               spec.xnnpack ? Arithmetic::kLitert : Arithmetic::kReference);
  const OutputRange range = {output.zero_point(), limits.min, limits.max};
  return QuantizedOutput::Make(ChooseRounding(ctx, rules, spec), range, float_scales, scales);
}

// Whether XNNPACK has a kernel for the operator: not for int16, uint8 weights of floats, weights
// and biases that are computed.
bool XnnpackTakes(const PrepareContext& ctx, const WeightedRules& rules, const WeightedSpec& spec) {
  const TensorSpec& weights = ctx.input(rules.inputs.weights);
  if (spec.mode == WeightedMode::kWide || !weights.is_constant) return false;
  if (spec.has_bias && !ctx.input(rules.inputs.bias).is_constant) return false;
  if (IsPacked(weights.type)) {
    // Rows of whole bytes, and 2 bits per channel alone.
    const bool whole_bytes = weights.shape[1] % (8 / DataTypeBits(weights.type)) == 0;
    const bool scaled = weights.type == DataType::kInt4 ||
                        weights.quantization->scale.size() == static_cast<size_t>(weights.shape[0]);
    return rules.fully_connected && whole_bytes && scaled;
  }
  if (spec.mode == WeightedMode::kDynamic) return weights.type == DataType::kInt8;
  return weights.type == DataType::kUInt8 || spec.weights.zero_point == 0;
}

}  // namespace

Status CheckWeightsSize(const PrepareContext& ctx, int input) {
  const TensorSpec& weights = ctx.input(input);
  const auto count = static_cast<size_t>(weights.shape.num_elements());
  if (weights.constant.size() == DataTypeBytes(weights.type, count)) return Status::Ok();
  return ctx.InputError(input, StatusCode::kInvalidModel,
                        "weights hold another number of bytes than their shape says");
}

Status CheckBias(const PrepareContext& ctx, int input, WeightedMode mode, int32_t channels) {
  const TensorSpec& bias = ctx.input(input);
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(bias, BiasType(mode, bias)));
  if (bias.shape.num_elements() != channels) {
    return ctx.InputError(input, StatusCode::kInvalidModel,
                          "bias has shape " + bias.shape.ToString() + " for " +
                              std::to_string(channels) + " output channels");
  }
  if (bias.type != DataType::kFloat32 && bias.zero_point() != 0) {
    return ctx.InputError(input, StatusCode::kInvalidModel, "bias has a zero point that is not 0");
  }
  return Status::Ok();
}

Result<std::vector<int8_t>> UnpackWeights(const PrepareContext& ctx, int input) {
  OCTO_RETURN_IF_ERROR(CheckWeightsSize(ctx, input));
  const TensorSpec& weights = ctx.input(input);
  const auto bits = static_cast<size_t>(DataTypeBits(weights.type));
  const size_t per_byte = 8 / bits;
  std::vector<int8_t> values(static_cast<size_t>(weights.shape.num_elements()));
  for (size_t i = 0; i < values.size(); ++i) {
    // The low bits of a byte come first; raised to the top, the sign is where int8 has it.
    const size_t above = 8 - bits * (i % per_byte + 1);
    const auto raised = static_cast<uint8_t>(weights.constant[i / per_byte] << above);
    values[i] = static_cast<int8_t>(static_cast<int8_t>(raised) >> (8 - bits));
  }
  return values;
}

Result<WeightedSpec> PrepareWeighted(const PrepareContext& ctx, const WeightedRules& rules,
                                     int32_t channels) {
  const WeightedInputs& inputs = rules.inputs;
  const TensorSpec& x = ctx.input(inputs.activation);
  const TensorSpec& weights = ctx.input(inputs.weights);
  WeightedSpec spec;
  spec.inputs = inputs;
  spec.type = x.type;
  spec.has_bias = ctx.has_input(inputs.bias);
  OCTO_ASSIGN_OR_RETURN(spec.mode, ChooseMode(ctx, rules));
  OCTO_ASSIGN_OR_RETURN(const FusedActivation activation, ReadFusedActivation(ctx));
  spec.range = ActivationRange(activation);
  if (spec.has_bias) {
    OCTO_RETURN_IF_ERROR(CheckBias(ctx, inputs.bias, spec.mode, channels));
    spec.bias_type = ctx.input(inputs.bias).type;
  }
  if (weights.is_constant) OCTO_RETURN_IF_ERROR(CheckWeightsSize(ctx, inputs.weights));
  spec.weights.type = weights.type;
  spec.weights.data = weights.is_constant ? weights.constant.data() : nullptr;
  if (spec.mode == WeightedMode::kFloat) return spec;

  OCTO_RETURN_IF_ERROR(CheckWeightQuantization(ctx, rules, channels));
  if (spec.mode == WeightedMode::kQuantized) spec.weights.zero_point = weights.zero_point();
  spec.xnnpack = ctx.arithmetic() == Arithmetic::kLitert && XnnpackTakes(ctx, rules, spec);
  spec.weights.plain = spec.mode == WeightedMode::kWide;
  // To TFLite, uint8 weights of float activations are int8 without zero point.
  if (spec.mode == WeightedMode::kDynamic) spec.weights.type = DataType::kInt8;
  if (IsPacked(weights.type)) {
    OCTO_ASSIGN_OR_RETURN(spec.unpacked, UnpackWeights(ctx, inputs.weights));
    spec.weights.type = DataType::kInt8;
    spec.weights.data = spec.unpacked.data();
  }
  const std::vector<float>& scales = weights.quantization->scale;
  spec.per_channel = std::ranges::any_of(scales, [&](float scale) { return scale != scales[0]; });
  if (spec.mode != WeightedMode::kDynamic) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(x));
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.output(0)));
    spec.input_zero_point = x.zero_point();
    if (spec.mode == WeightedMode::kWide) {
      OCTO_RETURN_IF_ERROR(CheckWide(ctx, inputs.activation));
      spec.narrow = HasNarrowAccumulator(ctx, rules, spec);
    }
    OCTO_ASSIGN_OR_RETURN(spec.requantize, MakeRequantize(ctx, rules, spec, activation, channels));
    return spec;
  }
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
