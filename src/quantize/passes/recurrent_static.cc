#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "quantize/affine.h"
#include "quantize/passes/recurrent.h"
#include "quantize/recurrent.h"

namespace octolite {
namespace {

// Largest magnitudes of the integers: int16, and what SVDF's weights over time may have, since 6
// of 16 bits are for the sum.
constexpr float kInt16Limit = 32767.0f;
constexpr float kTimeLimit = 512.0f;
// Exponents of the cell state's bound that LSTM kernels take.
constexpr int kMinCellLog2 = 0;
constexpr int kMaxCellLog2 = 6;
// A normalized gate times its weights has steps of 2^-10 times theirs.
constexpr float kNormalizedStep = 0x1p-10f;

template <typename T>
std::vector<uint8_t> RoundTo(std::span<const float> values, float scale, double limit) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const double q = std::nearbyint(static_cast<double>(values[i]) / static_cast<double>(scale));
    const auto integer = static_cast<T>(std::clamp(q, -limit, limit));
    std::memcpy(bytes.data() + i * sizeof(T), &integer, sizeof(T));
  }
  return bytes;
}

Quantization Symmetric(float scale) { return ToQuantization({scale, 0}); }

float LargestMagnitude(std::span<const float> values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  return largest;
}

// The most that |weights * x| can be where no element of x is larger than `bound`.
float LargestProduct(std::span<const float> weights, int64_t columns, float bound) {
  double largest = 0;
  for (size_t row = 0; row < weights.size(); row += static_cast<size_t>(columns)) {
    double sum = 0;
    for (size_t i = 0; i < static_cast<size_t>(columns); ++i) {
      sum += static_cast<double>(std::fabs(weights[row + i]));
    }
    largest = std::max(largest, sum);
  }
  return static_cast<float>(largest * static_cast<double>(bound));
}

class Rewriter {
 public:
  Rewriter(ModelEditor& editor, int32_t subgraph, int32_t op, const Decision& decision,
           const CalibrationStats& stats)
      : editor_(editor), subgraph_(subgraph), op_(op), decision_(decision), stats_(stats) {}

  Status Lstm() {
    namespace at = lstm_input;
    const bool has_projection = Has(at::kProjectionWeights);
    const bool has_norm = Has(at::kNorm + 1);
    OCTO_ASSIGN_OR_RETURN(const int cell_log2, CellLog2());

    // Bounds want the weights in float.
    std::vector<float> gate_bounds(at::kGates);
    if (has_norm) {
      for (int g = 0; g < at::kGates; ++g) {
        if (HasGate(g)) gate_bounds[static_cast<size_t>(g)] = GateBound(g, cell_log2);
      }
    }
    AffineParams hidden = Params(output());
    if (has_projection) {
      const Range range = Seen(Intermediate(at::kGates)).value_or(Range{-1.0f, 1.0f});
      OCTO_ASSIGN_OR_RETURN(const Form form, FormForRange(range, DataType::kInt8, false));
      hidden = form.params;
    }
    for (int g = 0; g < at::kGates; ++g) {
      if (!HasGate(g)) continue;
      OCTO_ASSIGN_OR_RETURN(const float weight_scale, ToInt8(at::kInputWeights + g));
      OCTO_RETURN_IF_ERROR(ToInt8(at::kRecurrentWeights + g).status());
      float bias_scale = Params(input(0)).scale * weight_scale;
      if (has_norm) bias_scale = ToInt16(at::kNorm + g, kInt16Limit) * kNormalizedStep;
      ToBias(at::kBias + g, bias_scale);
    }
    for (int i = 0; i < at::kPeepholes; ++i) {
      if (Has(at::kPeephole + i)) ToInt16(at::kPeephole + i, kInt16Limit);
    }
    if (has_projection) {
      OCTO_ASSIGN_OR_RETURN(const float scale, ToInt8(at::kProjectionWeights));
      if (Has(at::kProjectionBias)) ToBias(at::kProjectionBias, scale * hidden.scale);
    }
    ToState(at::kOutputState, DataType::kInt8, ToQuantization(Params(output())));
    ToState(at::kCellState, DataType::kInt16, Symmetric(std::ldexp(1.0f, cell_log2 - 15)));
    MakeIntermediates(gate_bounds, hidden);
    return Status::Ok();
  }

  Status Svdf() {
    namespace at = svdf_input;
    const std::vector<float> feature = Floats(at::kFeature);
    const std::optional<Range> seen = Seen(input(at::kState));
    const float bound =
        seen ? std::max(-seen->min, seen->max)
             : LargestProduct(feature, Columns(at::kFeature), LargestValue(input(0)));
    const float state_scale = (bound > 0 ? bound : 1.0f) / kInt16Limit;
    OCTO_RETURN_IF_ERROR(ToInt8(at::kFeature).status());
    const float time_scale = ToInt16(at::kTime, kTimeLimit);
    if (Has(at::kBias)) ToBias(at::kBias, state_scale * time_scale);
    ToState(at::kState, DataType::kInt16, Symmetric(state_scale));
    return Status::Ok();
  }

 private:
  Operator& op() { return editor_.op(subgraph_, op_); }
  bool Has(int i) { return HasInput(op(), i); }
  int32_t input(int i) { return op().inputs[static_cast<size_t>(i)]; }
  int32_t output() { return op().outputs[0]; }
  bool HasGate(int gate) { return Has(lstm_input::kInputWeights + gate); }
  std::vector<float> Floats(int i) { return editor_.Floats(subgraph_, input(i)); }
  int64_t Columns(int i) {
    return std::max<int64_t>(editor_.tensor(subgraph_, input(i)).shape.back(), 1);
  }

  AffineParams Params(int32_t tensor) const {
    const Quantization& quantization = *editor_.tensor(subgraph_, tensor).quantization;
    return {quantization.scale[0], static_cast<int32_t>(quantization.zero_point_at(0))};
  }
  // The largest magnitude that an int8 tensor can stand for.
  float LargestValue(int32_t tensor) const {
    const AffineParams params = Params(tensor);
    return params.scale *
           static_cast<float>(std::max(params.zero_point + 128, 127 - params.zero_point));
  }

  // What calibration saw of a tensor, widened to hold 0.
  std::optional<Range> Seen(int32_t tensor) const {
    const TensorRecord* record = tensor < 0 ? nullptr : stats_.Find(subgraph_, tensor);
    if (record == nullptr || record->statistics.count == 0) return std::nullopt;
    return Range{std::min(record->statistics.min, 0.0f), std::max(record->statistics.max, 0.0f)};
  }
  bool IsFromRun(int32_t tensor) const {
    const TensorRecord* record = stats_.Find(subgraph_, tensor);
    return record != nullptr && !record->statistics.histogram.empty();
  }
  int32_t Intermediate(int i) {
    return op().intermediates.empty() ? kNoTensor : op().intermediates[static_cast<size_t>(i)];
  }

  // The power of two that bounds the cell's state.
  Result<int> CellLog2() {
    const int32_t state = input(lstm_input::kCellState);
    const std::optional<Range> seen = Seen(state);
    const auto clip = static_cast<float>(op().options.Float("cell_clip", 0));
    if (!seen && !(clip > 0)) {
      Status status(StatusCode::kNotCalibrated,
                    "the state of the cell was not seen in calibration, and has no clip");
      return status.AtTensor(state, editor_.tensor(subgraph_, state).name)
          .AtSubgraph(subgraph_)
          .WithHint("calibrate the model on samples of its real input");
    }
    const float bound = seen ? std::max(-seen->min, seen->max) : clip;
    int log2 = bound > 0 ? static_cast<int>(std::ceil(std::log2(bound))) : 0;
    const bool is_sequence = editor_.builtin(subgraph_, op_) ==
                             static_cast<int32_t>(BuiltinOp::kUnidirectionalSequenceLstm);
    // A run shows the state after the last step of a sequence; those between may be larger.
    if (seen && is_sequence && IsFromRun(state)) ++log2;
    return std::clamp(log2, kMinCellLog2, kMaxCellLog2);
  }

  // The most that a gate can be before it is normalized.
  float GateBound(int gate, int cell_log2) {
    namespace at = lstm_input;
    if (const std::optional<Range> seen = Seen(Intermediate(gate))) {
      return std::max(-seen->min, seen->max);
    }
    const int weights = at::kInputWeights + gate;
    const int recurrent = at::kRecurrentWeights + gate;
    float bound = LargestProduct(Floats(weights), Columns(weights), LargestValue(input(0))) +
                  LargestProduct(Floats(recurrent), Columns(recurrent), LargestValue(output()));
    const int peephole = PeepholeOf(gate);
    if (peephole >= 0 && Has(peephole)) {
      bound += LargestMagnitude(Floats(peephole)) * std::ldexp(1.0f, cell_log2);
    }
    return bound;
  }

  // The cell gate, number 2, has none.
  static int PeepholeOf(int gate) {
    constexpr int kCellGate = 2;
    if (gate == kCellGate) return -1;
    return lstm_input::kPeephole + (gate > kCellGate ? gate - 1 : gate);
  }

  void Replace(int i, int32_t tensor) { op().inputs[static_cast<size_t>(i)] = tensor; }

  // Returns the scale.
  Result<float> ToInt8(int i) {
    OCTO_ASSIGN_OR_RETURN(const AddedWeights weights,
                          AddRecurrentWeights(editor_, subgraph_, op_, i, decision_));
    Replace(i, weights.tensor);
    return weights.scales[0];
  }

  float ToInt16(int i, float limit) {
    const std::vector<float> values = Floats(i);
    const float largest = LargestMagnitude(values);
    const float scale = (largest > 0 ? largest : 1.0f) / limit;
    Replace(i, editor_.AddConstantLike(
                   subgraph_, input(i), "_quantized", DataType::kInt16, Symmetric(scale),
                   RoundTo<int16_t>(values, scale, static_cast<double>(limit))));
    return scale;
  }

  void ToBias(int i, float scale) {
    Replace(i, editor_.AddConstantLike(
                   subgraph_, input(i), "_quantized", DataType::kInt32, Symmetric(scale),
                   RoundTo<int32_t>(Floats(i), scale, std::numeric_limits<int32_t>::max())));
  }

  // Nothing else uses it, so that it changes where it is.
  void ToState(int i, DataType type, Quantization quantization) {
    Tensor& state = editor_.tensor(subgraph_, input(i));
    state.type = type;
    state.quantization = std::move(quantization);
  }

  void MakeIntermediates(std::span<const float> gate_bounds, const AffineParams& hidden) {
    if (op().intermediates.empty()) {
      for (const char* const suffix :
           {"_input_gate", "_forget_gate", "_cell_gate", "_output_gate", "_hidden"}) {
        const int32_t added = editor_.AddTensorLike(subgraph_, input(lstm_input::kOutputState),
                                                    suffix, DataType::kFloat32, std::nullopt);
        editor_.tensor(subgraph_, added).shape = {0};
        editor_.tensor(subgraph_, added).shape_signature.reset();
        editor_.tensor(subgraph_, added).has_rank = true;
        op().intermediates.push_back(added);
      }
    }
    for (int g = 0; g < lstm_input::kGates; ++g) {
      const float bound = gate_bounds[static_cast<size_t>(g)];
      if (Intermediate(g) == kNoTensor || !Has(lstm_input::kNorm + g)) continue;
      Tensor& gate = editor_.tensor(subgraph_, Intermediate(g));
      gate.type = DataType::kInt16;
      gate.quantization = Symmetric((bound > 0 ? bound : 1.0f) / kInt16Limit);
    }
    Tensor& last = editor_.tensor(subgraph_, Intermediate(lstm_input::kGates));
    last.type = DataType::kInt8;
    last.quantization = ToQuantization(hidden);
  }

  ModelEditor& editor_;
  int32_t subgraph_;
  int32_t op_;
  const Decision& decision_;
  const CalibrationStats& stats_;
};

}  // namespace

Status QuantizeRecurrentStatic(ModelEditor& editor, int32_t subgraph, int32_t op,
                               const Decision& decision, const CalibrationStats& stats) {
  Rewriter rewriter(editor, subgraph, op, decision, stats);
  const bool is_svdf = editor.builtin(subgraph, op) == static_cast<int32_t>(BuiltinOp::kSvdf);
  return is_svdf ? rewriter.Svdf() : rewriter.Lstm();
}

}  // namespace octolite
