#include "quantize/policy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ops/op_def.h"
#include "quantize/recurrent.h"
#include "quantize/variables.h"

namespace octolite {
namespace {

// Numbers of fused activation functions that are clamps, which integer kernels fuse.
constexpr int64_t kLastClampActivation = 3;

const QuantRule* FindRule(int32_t builtin) {
  if (const RecurrentRule* recurrent = FindRecurrent(builtin)) return &recurrent->quant;
  if (const QuantRule* variable = FindVariableRule(builtin)) return variable;
  const OpDef* def = FindOp(builtin);
  return def ? &def->quant : nullptr;
}

class Judge {
 public:
  Judge(const ModelEditor& editor, int32_t subgraph, int32_t op)
      : editor_(editor),
        subgraph_(subgraph),
        op_(editor.op(subgraph, op)),
        index_(op),
        rule_(FindRule(editor.builtin(subgraph, op))),
        recurrent_(FindRecurrent(editor.builtin(subgraph, op)) != nullptr),
        name_(OperatorName(editor.model(), op_)) {}

  const QuantRule* rule() const { return rule_; }
  bool recurrent() const { return recurrent_; }
  bool Is(BuiltinOp op) const {
    return editor_.builtin(subgraph_, index_) == static_cast<int32_t>(op);
  }
  const std::string& name() const { return name_; }

  // Why static quantization is not possible; empty when it is.
  std::string AgainstStatic(int32_t activation_bits) const {
    const bool wide = activation_bits == 16;
    if (!rule_ || (wide ? rule_->int16_version : rule_->int8_version) == 0) {
      if (!HasFloats()) return "nothing that it reads or makes is float";
      return "operator " + name_ + " has no " + (wide ? "int16" : "int8") + " form here";
    }
    if (recurrent_) return AgainstRecurrentStatic(editor_, subgraph_, index_);
    if (op_.options.Int("fused_activation_function", 0) > kLastClampActivation) {
      return "its fused activation has no integer form";
    }
    const QuantRule& rule = *rule_;
    for (int i = 0; i < static_cast<int>(op_.inputs.size()); ++i) {
      const int32_t index = op_.inputs[static_cast<size_t>(i)];
      const bool is_weight = i == rule.weight_input || i == rule.bias_input;
      if (index == kNoTensor || (is_weight && !rule.is_activation(i))) continue;
      const Tensor& tensor = editor_.tensor(subgraph_, index);
      if (!rule.is_activation(i)) {
        if (tensor.type != DataType::kFloat32) continue;
        return "input " + std::to_string(i) + " has no integer form";
      }
      const std::string problem = AgainstActivation(tensor, index, rule);
      if (!problem.empty()) return problem;
    }
    for (const int32_t index : op_.outputs) {
      // Others than floats (indices, truth values) stay as they are.
      if (editor_.tensor(subgraph_, index).is_variable) return "it writes a variable tensor";
    }
    if (Is(BuiltinOp::kDiv)) return AgainstDivisor();
    if (!HasStaticWeights(rule)) return "";
    const std::string problem = AgainstWeights();
    return problem.empty() ? AgainstBias() : problem;
  }

  // Why the weights cannot become integers; empty when they can.
  std::string AgainstWeights() const {
    if (recurrent_) return AgainstRecurrentWeights(editor_, subgraph_, index_);
    if (!rule_ || rule_->weight_input < 0) return "it has no weights";
    const std::optional<int32_t> index = Input(rule_->weight_input);
    if (!index) return "it has no weights";
    const Tensor& weights = editor_.tensor(subgraph_, *index);
    if (weights.type != DataType::kFloat32) return TypeReason("weights", weights);
    if (weights.sparsity) return "its weights are sparse";
    if (!editor_.IsFloatConstant(subgraph_, *index)) return "its weights are not constant";
    if (rule_->channel_axis >= static_cast<int>(weights.shape.size())) {
      return "its weights have too few dimensions";
    }
    if (!AllFinite(*index)) return "its weights hold values that are not finite";
    return "";
  }

  int64_t weight_elements() const {
    if (recurrent_) return RecurrentWeightElements(editor_, subgraph_, index_);
    const std::optional<int32_t> index = Input(rule_->weight_input);
    return static_cast<int64_t>(editor_.model().data_size(editor_.tensor(subgraph_, *index)) /
                                sizeof(float));
  }

  // Length of the weights' last dimension, along which blocks lie.
  int32_t weight_depth() const {
    return editor_.tensor(subgraph_, *Input(rule_->weight_input)).shape.back();
  }

  // It has to do with constants alone, or with values that a variable's other accesses tell of.
  bool NeedsNoCalibration() const {
    return Is(BuiltinOp::kAssignVariable) && op_.inputs.size() == 2 && op_.inputs[1] >= 0 &&
           editor_.IsFloatConstant(subgraph_, op_.inputs[1]);
  }

  bool HasFloat16Candidate() const {
    for (const int32_t index : op_.inputs) {
      if (index == kNoTensor || !editor_.IsFloatConstant(subgraph_, index)) continue;
      const size_t bytes = editor_.model().data_size(editor_.tensor(subgraph_, index));
      if (bytes >= static_cast<size_t>(kMinFloat16Elements) * sizeof(float)) return true;
    }
    return false;
  }

 private:
  std::optional<int32_t> Input(int i) const {
    if (i < 0 || i >= static_cast<int>(op_.inputs.size())) return std::nullopt;
    const int32_t index = op_.inputs[static_cast<size_t>(i)];
    return index == kNoTensor ? std::nullopt : std::optional(index);
  }

  static std::string TypeReason(const char* what, const Tensor& tensor) {
    return std::string("its ") + what + " is " + std::string(DataTypeName(tensor.type)) +
           ", not float32";
  }

  std::string AgainstActivation(const Tensor& tensor, int32_t index, const QuantRule& rule) const {
    if (tensor.type != DataType::kFloat32) return TypeReason("input", tensor);
    if (tensor.is_variable) return "it reads a variable tensor";
    if (!editor_.model().is_constant(tensor)) return "";
    if (!editor_.IsFloatConstant(subgraph_, index)) return "its constant operand is sparse";
    // Where scales agree, a constant is clamped to the range of the others, masks too.
    const bool clamped = rule.scale == ScaleRule::kSameScale;
    for (const float value : editor_.Floats(subgraph_, index)) {
      if (std::isnan(value) || (!clamped && IsMask(value))) {
        return "its constant operand holds values that integers cannot stand for";
      }
    }
    return "";
  }

  std::string AgainstBias() const {
    const std::optional<int32_t> index = Input(rule_->bias_input);
    if (!index) return "";
    if (!editor_.IsFloatConstant(subgraph_, *index)) return "its bias is not constant";
    const Tensor& weights = editor_.tensor(subgraph_, *Input(rule_->weight_input));
    const int axis = rule_->channel_axis;
    const size_t count =
        editor_.model().data_size(editor_.tensor(subgraph_, *index)) / sizeof(float);
    if (axis >= 0 && count != static_cast<size_t>(weights.shape[static_cast<size_t>(axis)])) {
      return "its bias does not match its weights";
    }
    if (!AllFinite(*index)) return "its bias holds values that are not finite";
    return "";
  }

  bool HasFloats() const {
    const auto is_float = [&](int32_t index) {
      return index != kNoTensor && editor_.tensor(subgraph_, index).type == DataType::kFloat32;
    };
    return std::any_of(op_.inputs.begin(), op_.inputs.end(), is_float) ||
           std::any_of(op_.outputs.begin(), op_.outputs.end(), is_float);
  }

  // No kernel divides by an integer that stands for 0.
  std::string AgainstDivisor() const {
    const std::vector<float> values = editor_.IsFloatConstant(subgraph_, op_.inputs[1])
                                          ? editor_.Floats(subgraph_, op_.inputs[1])
                                          : std::vector<float>{0};
    float least = std::numeric_limits<float>::infinity();
    float most = 0;
    for (const float value : values) {
      least = std::min(least, std::fabs(value));
      most = std::max(most, std::fabs(value));
    }
    return least * 127 >= most && least > 0 ? "" : "its divisor could become 0";
  }

  bool AllFinite(int32_t index) const {
    bool finite = true;
    editor_.ForEachPiece(subgraph_, index, [&](std::span<const float> values, size_t) {
      finite = finite && std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
    });
    return finite;
  }

  const ModelEditor& editor_;
  int32_t subgraph_;
  const Operator& op_;
  int32_t index_;
  const QuantRule* rule_;
  bool recurrent_;
  std::string name_;
};

Decision KeptInFloat(std::string reason) {
  Decision decision;
  decision.reason = "kept in float: " + std::move(reason);
  return decision;
}

std::string AgainstAnyIntegerWeights(const Judge& judge, const WeightConfig& config) {
  std::string problem = judge.AgainstWeights();
  if (problem.empty() && judge.weight_elements() < config.min_elements) {
    problem = "too few weights (" + std::to_string(judge.weight_elements()) + " < " +
              std::to_string(config.min_elements) + ")";
  }
  return problem;
}

void AddReason(Decision& decision, const std::string& reason) {
  if (!decision.reason.empty()) decision.reason += "; ";
  decision.reason += reason;
}

std::string BitsName(int32_t bits) { return "int" + std::to_string(bits); }

// Whether kernels of the decision's mode take weights of so few bits.
bool TakesBits(const Decision& decision, int32_t bits) {
  const QuantRule& rule = *decision.rule;
  // A DEQUANTIZE takes them all.
  if (bits == 8 || decision.mode() == QuantMode::kWeightOnly) return true;
  if (decision.is_static() && decision.config.activations.bits == 16 && !rule.int4_with_int16) {
    return false;
  }
  return (bits == 4 ? rule.int4_version : rule.int2_version) != 0;
}

// As few bits as were asked for, or the next more that kernels take.
void SettleBits(Decision& decision) {
  WeightConfig& weights = decision.config.weights;
  const int32_t asked = weights.bits;
  while (!TakesBits(decision, weights.bits)) weights.bits *= 2;
  if (weights.bits == asked) return;
  // What goes with 8 bits in integer kernels.
  if (weights.bits == 8) weights.narrow_range = true;
  AddReason(decision,
            BitsName(weights.bits) + " weights: there is no such form with " + BitsName(asked));
}

void SettleBlocks(Decision& decision, const Judge& judge) {
  WeightConfig& weights = decision.config.weights;
  if (weights.granularity != Granularity::kBlockwise) return;
  const std::string problem = [&]() -> std::string {
    if (decision.mode() != QuantMode::kDynamic || !decision.rule->dynamic_blockwise ||
        weights.bits != 4) {
      return "there is no such form by blocks";
    }
    if (judge.weight_depth() % weights.block_size != 0) {
      return "its depth of " + std::to_string(judge.weight_depth()) +
             " is no multiple of the block size";
    }
    return "";
  }();
  if (problem.empty()) return;
  weights.granularity = Granularity::kPerChannel;
  weights.block_size = 0;
  AddReason(decision, "weights per channel: " + problem);
}

// Blocks are for one matrix at a time.
Granularity AsTensorOrChannels(Granularity granularity) {
  return granularity == Granularity::kPerTensor ? Granularity::kPerTensor
                                                : Granularity::kPerChannel;
}

// Recurrent operators compute with int8 weights of one scale.
void SettleInner(Decision& decision) {
  WeightConfig& weights = decision.config.weights;
  if (weights.bits != 8) {
    AddReason(decision, "int8 weights: there is no such form with " + BitsName(weights.bits));
    weights.bits = 8;
    weights.narrow_range = true;
  }
  if (weights.granularity != Granularity::kPerTensor) {
    AddReason(decision, "weights per tensor: there is no form per channel");
    weights.granularity = Granularity::kPerTensor;
    weights.block_size = 0;
  }
}

std::string SettleDynamic(Decision& decision, const Judge& judge) {
  const QuantRule& rule = *decision.rule;
  if (judge.recurrent()) {
    SettleInner(decision);
    return "";
  }
  const bool per_tensor = rule.dynamic_version != 0;
  const bool per_channel = rule.dynamic_per_channel_version != 0;
  if (!per_tensor && !per_channel) {
    return "operator " + judge.name() + " has no dynamic form here";
  }
  SettleBits(decision);
  SettleBlocks(decision, judge);
  Granularity& granularity = decision.config.weights.granularity;
  if (granularity == Granularity::kPerTensor && !per_tensor) {
    granularity = Granularity::kPerChannel;
    AddReason(decision, "weights per channel: there is no dynamic form per tensor");
  } else if (granularity == Granularity::kPerChannel && !per_channel) {
    granularity = Granularity::kPerTensor;
    AddReason(decision, "weights per tensor: there is no dynamic form per channel");
  }
  return "";
}

}  // namespace

Decision Decide(const ModelEditor& editor, int32_t subgraph, int32_t op,
                const OperatorConfig& config, bool is_observed) {
  if (config.mode == QuantMode::kFloat) return KeptInFloat("the recipe says so");
  const Judge judge(editor, subgraph, op);
  Decision decision;
  decision.config = config;
  decision.rule = judge.rule();
  std::string problem;
  switch (config.mode) {
    case QuantMode::kFloat:
      break;
    case QuantMode::kFloat16:
      if (!judge.HasFloat16Candidate()) {
        problem =
            "it has no constant of " + std::to_string(kMinFloat16Elements) + " elements or more";
      }
      break;
    case QuantMode::kWeightOnly:
      problem = AgainstAnyIntegerWeights(judge, config.weights);
      if (problem.empty() && judge.recurrent()) {
        decision.config.weights.granularity = AsTensorOrChannels(config.weights.granularity);
      } else if (problem.empty()) {
        SettleBlocks(decision, judge);
      }
      break;
    case QuantMode::kDynamic:
      problem = AgainstAnyIntegerWeights(judge, config.weights);
      if (problem.empty()) problem = SettleDynamic(decision, judge);
      break;
    case QuantMode::kStatic:
      problem = is_observed || judge.NeedsNoCalibration()
                    ? judge.AgainstStatic(config.activations.bits)
                    : "its subgraph is run by other operators, and was not seen in calibration";
      if (problem.empty() && judge.Is(BuiltinOp::kScatterNd) && !config.activations.symmetric) {
        decision.config.activations.symmetric = true;
        AddReason(decision, "zero point 0: kernels write the integer 0 where nothing is scattered");
      }
      if (problem.empty() && judge.recurrent()) {
        SettleInner(decision);
      } else if (problem.empty() && HasStaticWeights(*judge.rule())) {
        SettleBits(decision);
        SettleBlocks(decision, judge);
      }
      break;
  }
  return problem.empty() ? decision : KeptInFloat(std::move(problem));
}

int FirstActivation(const QuantRule& rule) {
  int i = 0;
  while (i < 31 && !rule.is_activation(i)) ++i;
  return i;
}

int WeightAxis(const Decision& decision) {
  return decision.config.weights.granularity == Granularity::kPerChannel
             ? decision.rule->channel_axis
             : -1;
}

int32_t RequiredVersion(const Decision& decision) {
  const QuantRule& rule = *decision.rule;
  int32_t version = 0;
  if (decision.is_static()) {
    version = decision.config.activations.bits == 16 ? rule.int16_version : rule.int8_version;
  } else if (decision.mode() == QuantMode::kDynamic) {
    version = WeightAxis(decision) >= 0 ? rule.dynamic_per_channel_version : rule.dynamic_version;
  }
  if (rule.weight_input < 0 || (decision.is_static() && !HasStaticWeights(rule))) return version;
  if (decision.config.weights.bits == 4) return std::max<int32_t>(version, rule.int4_version);
  if (decision.config.weights.bits == 2) return std::max<int32_t>(version, rule.int2_version);
  return version;
}

}  // namespace octolite
