#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "ops/common/lstm.h"
#include "ops/common/recurrent.h"

// The parameters of quantized LSTM. What flows between its parts is quantized as the operator's
// intermediate tensors say. Five: 0 to 3 the gates before layer normalization, 4 the output before
// the projection. Twelve, three for each gate: the sum before normalization, and its two terms, the
// products of the input and of the output state.

namespace octolite {
namespace {

constexpr int kIntermediates = 5;
constexpr int kHidden = 4;

struct IntermediateType {
  float scale = 0;
  int32_t zero_point = 0;
};

Result<IntermediateType> ReadIntermediate(const PrepareContext& ctx, int i) {
  const Quantization* const quantization = ctx.intermediate(i);
  if (quantization == nullptr || quantization->scale.size() != 1 || !(quantization->scale[0] > 0) ||
      !std::isfinite(quantization->scale[0]) || quantization->zero_point_at(0) < -32768 ||
      quantization->zero_point_at(0) > 32767) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "needs a scale and a zero point for intermediate " + std::to_string(i));
  }
  return IntermediateType{quantization->scale[0],
                          static_cast<int32_t>(quantization->zero_point_at(0))};
}

// The power of two that a scale is; nothing where it is none.
std::optional<int> ExactLog2(float scale) {
  const float log2 = std::log(scale) * (1.0f / std::log(2.0f));
  const float rounded = std::round(log2);
  if (!(std::abs(log2 - rounded) < 1e-3f)) return std::nullopt;
  return static_cast<int>(rounded);
}

Status ExpectConstant(const PrepareContext& ctx, int i) {
  if (!HasInput(ctx, i) || ctx.input(i).is_constant) return Status::Ok();
  return ctx.InputError(i, StatusCode::kUnsupportedOperator,
                        "is not constant, which quantized LSTM needs");
}

// Activations and states have scales, and the weights are known.
Status CheckQuantized(const PrepareContext& ctx, const LstmInputs& inputs) {
  for (const int i : {inputs.input, inputs.output_state, inputs.cell_state}) {
    OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.input(i)));
  }
  OCTO_RETURN_IF_ERROR(ctx.ExpectPerTensorQuantization(ctx.output(0)));
  for (const LstmInputs::Gates* const gates : {&inputs.input_weights, &inputs.recurrent_weights,
                                               &inputs.bias, &inputs.peephole, &inputs.norm}) {
    for (const int i : *gates) OCTO_RETURN_IF_ERROR(ExpectConstant(ctx, i));
  }
  OCTO_RETURN_IF_ERROR(ExpectConstant(ctx, inputs.projection_weights));
  return ExpectConstant(ctx, inputs.projection_bias);
}

template <typename T>
const T* ConstantOrNull(const PrepareContext& ctx, int i) {
  return HasInput(ctx, i) ? ctx.input(i).constant_as<T>() : nullptr;
}

// `clip` in the steps of a tensor, cut to the largest value of T.
template <typename T>
T QuantizeClip(float clip, float scale) {
  if (!(clip > 0)) return 0;
  return static_cast<T>(std::min(clip / scale, static_cast<float>(std::numeric_limits<T>::max())));
}

// Scales of all values that gate `g` adds up, to that of the gate before its function.
Status PrepareGate(const PrepareContext& ctx, const LstmCell& cell, size_t g, IntegerLstm& lstm) {
  const LstmInputs& inputs = cell.inputs;
  const TensorSpec& x = ctx.input(inputs.input);
  const TensorSpec& state = ctx.input(inputs.output_state);
  const TensorSpec& weights = ctx.input(inputs.input_weights[g]);
  const TensorSpec& recurrent = ctx.input(inputs.recurrent_weights[g]);
  const bool has_norm = HasInput(ctx, inputs.norm[g]);
  IntegerLstmGate& gate = lstm.gates[g];
  IntermediateType before = {1.0f / 4096, 0};
  if (has_norm) {
    OCTO_ASSIGN_OR_RETURN(before, ReadIntermediate(ctx, static_cast<int>(g)));
  }
  gate.input_weights = weights.constant_as<int8_t>();
  gate.recurrent_weights = recurrent.constant_as<int8_t>();
  // Products in float, as the peer computes them.
  gate.input_scale =
      QuantizeMultiplier(static_cast<double>(weights.scale() * x.scale() / before.scale));
  gate.recurrent_scale =
      QuantizeMultiplier(static_cast<double>(recurrent.scale() * state.scale() / before.scale));
  if (HasInput(ctx, inputs.peephole[g])) {
    const TensorSpec& peephole = ctx.input(inputs.peephole[g]);
    gate.peephole = peephole.constant_as<int16_t>();
    const double scale = std::ldexp(static_cast<double>(peephole.scale()), lstm.cell_scale_log2) /
                         static_cast<double>(before.scale);
    gate.peephole_scale = QuantizeMultiplier(static_cast<double>(static_cast<float>(scale)));
    if (lstm.outputs > lstm.cells) {
      return ctx.InputError(inputs.peephole[g], StatusCode::kUnsupportedOperator,
                            "does not run with more outputs than cells");
    }
  }
  const auto* const bias = ctx.input(inputs.bias[g]).constant_as<int32_t>();
  if (has_norm) {
    const TensorSpec& norm = ctx.input(inputs.norm[g]);
    gate.norm = norm.constant_as<int16_t>();
    gate.norm_bias = bias;
    gate.norm_scale = QuantizeMultiplier(static_cast<double>(norm.scale()));
    if (gate.norm_scale.shift > 17) {
      return ctx.InputError(inputs.norm[g], StatusCode::kInvalidModel, "has too large a scale");
    }
    gate.variance_guard = std::max(1, static_cast<int32_t>(10000 * norm.scale()));
  }
  gate.input_bias = FoldZeroPoint(gate.input_weights, lstm.cells, lstm.inputs, -x.zero_point(),
                                  has_norm ? nullptr : bias);
  gate.recurrent_bias =
      FoldZeroPoint(gate.recurrent_weights, lstm.cells, lstm.outputs, -state.zero_point(), nullptr);
  return Status::Ok();
}

// Parameters of gate `g` of the older form.
Status PrepareInt8Gate(const PrepareContext& ctx, const LstmCell& cell, size_t g, Int8Lstm& lstm) {
  const LstmInputs& inputs = cell.inputs;
  const TensorSpec& weights = ctx.input(inputs.input_weights[g]);
  const TensorSpec& recurrent = ctx.input(inputs.recurrent_weights[g]);
  const int first = 3 * static_cast<int>(g);
  OCTO_ASSIGN_OR_RETURN(const IntermediateType sum, ReadIntermediate(ctx, first));
  OCTO_ASSIGN_OR_RETURN(const IntermediateType from_input, ReadIntermediate(ctx, first + 1));
  OCTO_ASSIGN_OR_RETURN(const IntermediateType from_state, ReadIntermediate(ctx, first + 2));
  for (const IntermediateType& term : {from_input, from_state}) {
    if (term.zero_point < -128 || term.zero_point > 127) {
      return ctx.Error(StatusCode::kInvalidModel,
                       "has an intermediate zero point that does not fit int8");
    }
  }
  Int8LstmGate& gate = lstm.gates[g];
  gate.input_weights = weights.constant_as<int8_t>();
  gate.recurrent_weights = recurrent.constant_as<int8_t>();
  gate.input_scale = QuantizeMultiplier(
      static_cast<double>(weights.scale() * ctx.input(inputs.input).scale() / from_input.scale));
  gate.recurrent_scale = QuantizeMultiplier(static_cast<double>(
      recurrent.scale() * ctx.input(inputs.output_state).scale() / from_state.scale));
  gate.input_zero_point = from_input.zero_point;
  gate.recurrent_zero_point = from_state.zero_point;
  gate.input_to_sum = QuantizeMultiplier(static_cast<double>(from_input.scale / sum.scale));
  gate.recurrent_to_sum = QuantizeMultiplier(static_cast<double>(from_state.scale / sum.scale));
  const TensorSpec& norm = ctx.input(inputs.norm[g]);
  gate.norm = norm.constant_as<int16_t>();
  const FixedMultiplier norm_scale = QuantizeMultiplier(static_cast<double>(norm.scale()));
  gate.norm_scale = static_cast<float>(
      std::ldexp(static_cast<double>(norm_scale.multiplier), norm_scale.shift - 31));
  gate.bias = ctx.input(inputs.bias[g]).constant_as<int32_t>();
  return Status::Ok();
}

}  // namespace

Result<IntegerLstm> PrepareIntegerLstm(const PrepareContext& ctx, const LstmCell& cell) {
  const LstmInputs& inputs = cell.inputs;
  const TensorSpec& state = ctx.input(inputs.output_state);
  const TensorSpec& cell_state = ctx.input(inputs.cell_state);
  const TensorSpec& output = ctx.output(0);
  OCTO_RETURN_IF_ERROR(CheckQuantized(ctx, inputs));
  if (ctx.num_intermediates() != kIntermediates) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "runs quantized with 5 intermediate tensors, and has " +
                         std::to_string(ctx.num_intermediates()));
  }
  IntegerLstm lstm;
  lstm.inputs = cell.shape.inputs;
  lstm.cells = cell.shape.cells;
  lstm.outputs = cell.shape.outputs;
  lstm.has_input_gate = cell.shape.has_input_gate;
  const std::optional<int> log2 = ExactLog2(cell_state.scale());
  if (!log2 || *log2 < -15 || *log2 > -9) {
    return ctx.InputError(inputs.cell_state, StatusCode::kUnsupportedOperator,
                          "needs a scale that is a power of two from 2^-15 to 2^-9");
  }
  lstm.cell_scale_log2 = *log2;
  lstm.cell_clip = QuantizeClip<int16_t>(cell.shape.cell_clip, cell_state.scale());
  lstm.projection_clip = QuantizeClip<int8_t>(cell.shape.projection_clip, output.scale());
  for (size_t g = lstm.has_input_gate ? kInputGate : kForgetGate; g < kLstmGates; ++g) {
    OCTO_RETURN_IF_ERROR(PrepareGate(ctx, cell, g, lstm));
  }

  OCTO_ASSIGN_OR_RETURN(const IntermediateType hidden, ReadIntermediate(ctx, kHidden));
  lstm.hidden_zero_point = hidden.zero_point;
  const double hidden_scale = std::ldexp(1.0, -30) / static_cast<double>(hidden.scale);
  lstm.hidden_scale = QuantizeMultiplier(static_cast<double>(static_cast<float>(hidden_scale)));
  lstm.output_zero_point = state.zero_point();
  if (HasInput(ctx, inputs.projection_weights)) {
    const TensorSpec& weights = ctx.input(inputs.projection_weights);
    lstm.projection_weights = weights.constant_as<int8_t>();
    lstm.projection_scale =
        QuantizeMultiplier(static_cast<double>(weights.scale() * hidden.scale / state.scale()));
    lstm.projection_bias =
        FoldZeroPoint(lstm.projection_weights, lstm.outputs, lstm.cells, hidden.zero_point,
                      ConstantOrNull<int32_t>(ctx, inputs.projection_bias));
  }
  return lstm;
}

Result<Int8Lstm> PrepareInt8Lstm(const PrepareContext& ctx, const LstmCell& cell) {
  const LstmInputs& inputs = cell.inputs;
  OCTO_RETURN_IF_ERROR(CheckQuantized(ctx, inputs));
  if (!HasInput(ctx, inputs.projection_bias) || !HasInput(ctx, inputs.norm[kForgetGate])) {
    return ctx.Error(StatusCode::kUnsupportedOperator,
                     "with 12 intermediate tensors needs layer normalization and a projection with "
                     "bias");
  }
  const TensorSpec& state = ctx.input(inputs.output_state);
  const TensorSpec& cell_state = ctx.input(inputs.cell_state);
  if (cell_state.scale() != 1.0f / 32768) {
    return ctx.InputError(inputs.cell_state, StatusCode::kUnsupportedOperator, "needs scale 2^-15");
  }
  Int8Lstm lstm;
  lstm.inputs = cell.shape.inputs;
  lstm.cells = cell.shape.cells;
  lstm.outputs = cell.shape.outputs;
  lstm.input_zero_point = ctx.input(inputs.input).zero_point();
  lstm.output_zero_point = state.zero_point();
  for (size_t g = kForgetGate; g < kLstmGates; ++g) {
    OCTO_RETURN_IF_ERROR(PrepareInt8Gate(ctx, cell, g, lstm));
  }
  // The peer takes three numbers for this product from the wrong places, so that next to nothing of
  // the output state reaches the output gate.
  Int8LstmGate& output = lstm.gates[kOutputGate];
  output.recurrent_to_sum.multiplier = lstm.gates[kForgetGate].recurrent_to_sum.shift;
  output.recurrent_zero_point = lstm.gates[kCellGate].input_zero_point;
  if (cell.shape.cell_clip < 1) {
    lstm.cell_clip = QuantizeClip<int16_t>(cell.shape.cell_clip, cell_state.scale());
  }
  lstm.projection_clip = QuantizeClip<int8_t>(cell.shape.projection_clip, ctx.output(0).scale());
  const TensorSpec& projection = ctx.input(inputs.projection_weights);
  lstm.projection_weights = projection.constant_as<int8_t>();
  lstm.projection_bias = ctx.input(inputs.projection_bias).constant_as<int32_t>();
  const double scale =
      std::ldexp(static_cast<double>(projection.scale()), -15) / static_cast<double>(state.scale());
  lstm.projection_scale = QuantizeMultiplier(static_cast<double>(static_cast<float>(scale)));
  if (lstm.projection_scale.shift > 14) {
    return ctx.InputError(inputs.projection_weights, StatusCode::kInvalidModel,
                          "has too large a scale");
  }
  return lstm;
}

}  // namespace octolite
