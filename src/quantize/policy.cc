#include "quantize/policy.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "ops/op_def.h"

namespace octolite {
namespace {

// Numbers of fused activation functions that are clamps, which int8 kernels fuse.
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

  // Why static int8 is not possible; empty when it is.
  std::string AgainstStatic() const {
    if (!def_ || def_->quant.int8_version == 0) {
      return "operator " + name_ + " has no int8 form here";
    }
    if (op_.options.Int("fused_activation_function", 0) > kLastClampActivation) {
      return "its fused activation has no int8 form";
    }
    const QuantRule& rule = def_->quant;
    for (int i = 0; i < static_cast<int>(op_.inputs.size()); ++i) {
      const int32_t index = op_.inputs[static_cast<size_t>(i)];
      if (index == kNoTensor || i == rule.weight_input || i == rule.bias_input) continue;
      const Tensor& tensor = editor_.tensor(subgraph_, index);
      if (!rule.is_activation(i)) {
        if (tensor.type != DataType::kFloat32) continue;
        return "input " + std::to_string(i) + " has no int8 form";
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

  // Why the weights cannot become int8; empty when they can.
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
        return "its constant operand holds values that 8 bits cannot stand for";
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

std::string AgainstAnyInt8Weights(const Judge& judge, const OperatorConfig& config) {
  std::string problem = judge.AgainstWeights();
  if (problem.empty() && judge.weight_elements() < config.min_weight_elements) {
    problem = "too few weights (" + std::to_string(judge.weight_elements()) + " < " +
              std::to_string(config.min_weight_elements) + ")";
  }
  return problem;
}

}  // namespace

Decision Decide(const ModelEditor& editor, int32_t subgraph, int32_t op,
                const OperatorConfig& config, bool is_entry) {
  if (config.mode == QuantMode::kFloat) return KeptInFloat("the recipe says so");
  const Judge judge(editor, subgraph, op);
  Decision decision;
  decision.mode = config.mode;
  decision.granularity = config.granularity;
  decision.symmetric_weights = config.symmetric_weights;
  decision.symmetric_activations = config.symmetric_activations;
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
    case QuantMode::kWeightOnlyInt8:
      problem = AgainstAnyInt8Weights(judge, config);
      break;
    case QuantMode::kDynamicInt8: {
      problem = AgainstAnyInt8Weights(judge, config);
      if (!problem.empty()) break;
      const bool per_tensor = decision.rule->dynamic_version != 0;
      const bool per_channel = decision.rule->dynamic_per_channel_version != 0;
      if (!per_tensor && !per_channel) {
        problem = "operator " + judge.name() + " has no dynamic int8 form here";
      } else if (config.granularity == Granularity::kPerTensor && !per_tensor) {
        decision.granularity = Granularity::kPerChannel;
        decision.reason = "weights per channel: there is no dynamic form per tensor";
      } else if (config.granularity == Granularity::kPerChannel && !per_channel) {
        decision.granularity = Granularity::kPerTensor;
        decision.reason = "weights per tensor: there is no dynamic form per channel";
      }
      break;
    }
    case QuantMode::kStaticInt8:
      problem = is_entry ? judge.AgainstStatic()
                         : "its subgraph is run by other operators, which calibration does not see";
      break;
  }
  return problem.empty() ? decision : KeptInFloat(std::move(problem));
}

int FirstActivation(const QuantRule& rule) {
  int i = 0;
  while (i < 31 && !rule.is_activation(i)) ++i;
  return i;
}

int WeightAxis(const QuantRule& rule, Granularity granularity) {
  return granularity == Granularity::kPerChannel ? rule.channel_axis : -1;
}

}  // namespace octolite
