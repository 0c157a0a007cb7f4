#include "quantize/policy.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "ops/op_def.h"

namespace octolite {
namespace {

// Numbers of fused activation functions that are clamps, which integer kernels fuse.
constexpr int64_t kLastClampActivation = 3;

class Judge {
 public:
  Judge(const ModelEditor& editor, int32_t subgraph, int32_t op)
      : editor_(editor),
        subgraph_(subgraph),
        op_(editor.op(subgraph, op)),
        def_(FindOp(editor.builtin(subgraph, op))),
        name_(OperatorName(editor.model(), op_)) {}

  const QuantRule* rule() const { return def_ ? &def_->quant : nullptr; }
  const std::string& name() const { return name_; }

  // Why static quantization is not possible; empty when it is.
  std::string AgainstStatic(int32_t activation_bits) const {
    const bool wide = activation_bits == 16;
    if (!def_ || (wide ? def_->quant.int16_version : def_->quant.int8_version) == 0) {
      return "operator " + name_ + " has no " + (wide ? "int16" : "int8") + " form here";
    }
    if (op_.options.Int("fused_activation_function", 0) > kLastClampActivation) {
      return "its fused activation has no integer form";
    }
    const QuantRule& rule = def_->quant;
    for (int i = 0; i < static_cast<int>(op_.inputs.size()); ++i) {
      const int32_t index = op_.inputs[static_cast<size_t>(i)];
      if (index == kNoTensor || i == rule.weight_input || i == rule.bias_input) continue;
      const Tensor& tensor = editor_.tensor(subgraph_, index);
      if (!rule.is_activation(i)) {
        if (tensor.type != DataType::kFloat32) continue;
        return "input " + std::to_string(i) + " has no integer form";
      }
      const std::string problem = AgainstActivation(tensor, index, rule);
      if (!problem.empty()) return problem;
    }
    for (const int32_t index : op_.outputs) {
      const Tensor& tensor = editor_.tensor(subgraph_, index);
      if (tensor.type != DataType::kFloat32) return TypeReason("output", tensor);
      if (tensor.is_variable) return "it writes a variable tensor";
    }
    if (rule.weight_input < 0) return "";
    const std::string problem = AgainstWeights();
    return problem.empty() ? AgainstBias() : problem;
  }

  // Why the weights cannot become integers; empty when they can.
  std::string AgainstWeights() const {
    if (!def_ || def_->quant.weight_input < 0) return "it has no weights";
    const std::optional<int32_t> index = Input(def_->quant.weight_input);
    if (!index) return "it has no weights";
    const Tensor& weights = editor_.tensor(subgraph_, *index);
    if (weights.type != DataType::kFloat32) return TypeReason("weights", weights);
    if (weights.sparsity) return "its weights are sparse";
    if (!editor_.IsFloatConstant(subgraph_, *index)) return "its weights are not constant";
    if (def_->quant.channel_axis >= static_cast<int>(weights.shape.size())) {
      return "its weights have too few dimensions";
    }
    if (!AllFinite(*index)) return "its weights hold values that are not finite";
    return "";
  }

  int64_t weight_elements() const {
    const std::optional<int32_t> index = Input(def_->quant.weight_input);
    return static_cast<int64_t>(editor_.model().data(editor_.tensor(subgraph_, *index)).size() /
                                sizeof(float));
  }

  // Length of the weights' last dimension, along which blocks lie.
  int32_t weight_depth() const {
    return editor_.tensor(subgraph_, *Input(def_->quant.weight_input)).shape.back();
  }

  bool HasFloat16Candidate() const {
    for (const int32_t index : op_.inputs) {
      if (index == kNoTensor || !editor_.IsFloatConstant(subgraph_, index)) continue;
      const size_t bytes = editor_.model().data(editor_.tensor(subgraph_, index)).size();
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
    const std::optional<int32_t> index = Input(def_->quant.bias_input);
    if (!index) return "";
    if (!editor_.IsFloatConstant(subgraph_, *index)) return "its bias is not constant";
    const Tensor& weights = editor_.tensor(subgraph_, *Input(def_->quant.weight_input));
    const int axis = def_->quant.channel_axis;
    const size_t count = editor_.Floats(subgraph_, *index).size();
    if (axis >= 0 && count != static_cast<size_t>(weights.shape[static_cast<size_t>(axis)])) {
      return "its bias does not match its weights";
    }
    if (!AllFinite(*index)) return "its bias holds values that are not finite";
    return "";
  }

  bool AllFinite(int32_t index) const {
    for (const float value : editor_.Floats(subgraph_, index)) {
      if (!std::isfinite(value)) return false;
    }
    return true;
  }

  const ModelEditor& editor_;
  int32_t subgraph_;
  const Operator& op_;
  const OpDef* def_;
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

void AddReason(Decision& decision, std::string reason) {
  if (!decision.reason.empty()) decision.reason += "; ";
  decision.reason += std::move(reason);
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

std::string SettleDynamic(Decision& decision, const Judge& judge) {
  const QuantRule& rule = *decision.rule;
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
                const OperatorConfig& config, bool is_entry) {
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
      if (problem.empty()) SettleBlocks(decision, judge);
      break;
    case QuantMode::kDynamic:
      problem = AgainstAnyIntegerWeights(judge, config.weights);
      if (problem.empty()) problem = SettleDynamic(decision, judge);
      break;
    case QuantMode::kStatic:
      problem = is_entry ? judge.AgainstStatic(config.activations.bits)
                         : "its subgraph is run by other operators, which calibration does not see";
      if (problem.empty() && judge.rule()->weight_input >= 0) {
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
  if (rule.weight_input < 0) return version;
  if (decision.config.weights.bits == 4) return std::max<int32_t>(version, rule.int4_version);
  if (decision.config.weights.bits == 2) return std::max<int32_t>(version, rule.int2_version);
  return version;
}

}  // namespace octolite
