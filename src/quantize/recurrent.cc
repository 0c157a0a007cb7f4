#include "quantize/recurrent.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace octolite {
namespace {

constexpr std::array<int8_t, 12> kLstmWeights = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16};
constexpr std::array<int8_t, 32> kBidirectionalLstmWeights = {
    1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 16, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 33, 40, 41, 42, 43, 44, 45, 46, 47};
constexpr std::array<int8_t, 2> kTwoWeights = {1, 2};
constexpr std::array<int8_t, 9> kBidirectionalRnnWeights = {1, 2, 4, 5, 6, 8, 9, 10, 11};

// Versions as LiteRT's converter writes them.
constexpr std::array<RecurrentRule, 7> kRules = {{
    {BuiltinOp::kLstm,
     kLstmWeights,
     {.activation_inputs = 0b1, .int8_version = 2, .dynamic_version = 3}},
    {BuiltinOp::kUnidirectionalSequenceLstm,
     kLstmWeights,
     {.activation_inputs = 0b1, .int8_version = 2, .dynamic_version = 2}},
    {BuiltinOp::kBidirectionalSequenceLstm, kBidirectionalLstmWeights, {.dynamic_version = 3}},
    {BuiltinOp::kRnn, kTwoWeights, {.dynamic_version = 2}},
    {BuiltinOp::kUnidirectionalSequenceRnn, kTwoWeights, {.dynamic_version = 2}},
    {BuiltinOp::kBidirectionalSequenceRnn, kBidirectionalRnnWeights, {.dynamic_version = 2}},
    {BuiltinOp::kSvdf,
     kTwoWeights,
     {.activation_inputs = 0b1, .int8_version = 3, .dynamic_version = 2}},
}};

// Numbers of fused activation functions.
constexpr int64_t kRelu = 1;
constexpr int64_t kTanh = 4;

constexpr size_t kLstmIntermediates = 5;

class Judge {
 public:
  Judge(const ModelEditor& editor, int32_t subgraph, int32_t op)
      : editor_(editor), subgraph_(subgraph), index_(op), op_(editor.op(subgraph, op)) {}

  std::string AgainstConstant(int i, size_t rank) const {
    if (!HasInput(op_, i)) return "";
    const int32_t index = op_.inputs[static_cast<size_t>(i)];
    const std::string what = "input " + std::to_string(i);
    if (!editor_.IsFloatConstant(subgraph_, index)) return what + " is no float32 constant";
    if (rank != 0 && tensor(i).shape.size() != rank) {
      return what + " has not " + std::to_string(rank) + " dimensions";
    }
    for (const float value : editor_.Floats(subgraph_, index)) {
      if (!std::isfinite(value)) return what + " holds values that are not finite";
    }
    return "";
  }

  // Of its own, so that its type may change.
  std::string AgainstState(int i) const {
    const std::string what = "state input " + std::to_string(i);
    if (!HasInput(op_, i)) return what + " is left out";
    const int32_t index = op_.inputs[static_cast<size_t>(i)];
    if (!tensor(i).is_variable || tensor(i).type != DataType::kFloat32) {
      return what + " is no variable of type float32";
    }
    const TensorUse use = FindUses(editor_, subgraph_)[static_cast<size_t>(index)];
    if (use.consumers.size() != 1 || use.producer >= 0 || use.is_graph_input ||
        use.is_graph_output) {
      return what + " is used elsewhere too";
    }
    return "";
  }

  std::string AgainstActivations() const {
    if (op_.inputs.empty() || op_.outputs.size() != 1) return "it has not one output";
    for (const int32_t index : {op_.inputs[0], op_.outputs[0]}) {
      if (index < 0 || editor_.tensor(subgraph_, index).type != DataType::kFloat32) {
        return "its activations are not float32";
      }
    }
    return editor_.model().is_constant(tensor(0)) ? "its input is constant" : "";
  }

  std::string AgainstLstm() const {
    namespace at = lstm_input;
    if (op_.inputs.size() != 20 && op_.inputs.size() != 24) {
      return "only the form with 20 or 24 inputs has an integer form";
    }
    if (op_.options.Int("kernel_type", 0) != 0 ||
        op_.options.Bool("diagonal_recurrent_tensors", false) ||
        op_.options.Int("fused_activation_function", 0) != kTanh) {
      return "its options have no integer form";
    }
    const std::vector<int32_t>& between = op_.intermediates;
    if (!between.empty() && (between.size() != kLstmIntermediates ||
                             std::count(between.begin(), between.end(), kNoTensor) > 0)) {
      return "it has other than " + std::to_string(kLstmIntermediates) + " intermediate tensors";
    }
    for (int i = 1; i < static_cast<int>(op_.inputs.size()); ++i) {
      if (i == at::kOutputState || i == at::kCellState) continue;
      const bool matrix = i < at::kPeephole || i == at::kProjectionWeights;
      const std::string problem = AgainstConstant(i, matrix ? 2 : 1);
      if (!problem.empty()) return problem;
    }
    // The input gate alone may be missing, in all of its parts.
    for (int g = 0; g < at::kGates; ++g) {
      const bool needed = g > 0 || HasInput(op_, at::kInputWeights);
      for (const int first : {at::kInputWeights, at::kRecurrentWeights, at::kBias}) {
        if (needed != HasInput(op_, first + g)) return "it has only some of a gate's inputs";
      }
      if (HasInput(op_, at::kNorm + g) != (needed && HasInput(op_, at::kNorm + 1))) {
        return "it normalizes only some of its gates";
      }
    }
    const std::string problem = AgainstState(at::kOutputState);
    return problem.empty() ? AgainstState(at::kCellState) : problem;
  }

  std::string AgainstSvdf() const {
    namespace at = svdf_input;
    if (op_.options.Int("fused_activation_function", 0) != kRelu) {
      return "only with fused activation RELU it has an integer form";
    }
    for (const int i : {at::kFeature, at::kTime}) {
      if (!HasInput(op_, i)) return "it has not all of its weights";
      const std::string problem = AgainstConstant(i, 2);
      if (!problem.empty()) return problem;
    }
    const std::string problem = AgainstConstant(at::kBias, 1);
    return problem.empty() ? AgainstState(at::kState) : problem;
  }

  const Tensor& tensor(int i) const {
    return editor_.tensor(subgraph_, op_.inputs[static_cast<size_t>(i)]);
  }
  int32_t builtin() const { return editor_.builtin(subgraph_, index_); }

 private:
  const ModelEditor& editor_;
  int32_t subgraph_;
  int32_t index_;
  const Operator& op_;
};

}  // namespace

bool HasInput(const Operator& op, int i) {
  return i < static_cast<int>(op.inputs.size()) && op.inputs[static_cast<size_t>(i)] != kNoTensor;
}

const RecurrentRule* FindRecurrent(int32_t builtin) {
  const auto* const found = std::find_if(
      kRules.begin(), kRules.end(),
      [&](const RecurrentRule& rule) { return static_cast<int32_t>(rule.op) == builtin; });
  return found == kRules.end() ? nullptr : found;
}

std::string AgainstRecurrentWeights(const ModelEditor& editor, int32_t subgraph, int32_t op) {
  const Judge judge(editor, subgraph, op);
  const Operator& of = editor.op(subgraph, op);
  bool any = false;
  for (const int8_t i : FindRecurrent(judge.builtin())->weights) {
    const std::string problem = judge.AgainstConstant(i, 0);
    if (!problem.empty()) return problem;
    any |= HasInput(of, i);
  }
  const bool basic =
      judge.builtin() == static_cast<int32_t>(BuiltinOp::kLstm) && of.inputs.size() < 20;
  if (basic) return "the basic form of LSTM takes float32 weights alone";
  return any ? "" : "it has no weights";
}

std::string AgainstRecurrentStatic(const ModelEditor& editor, int32_t subgraph, int32_t op) {
  const Judge judge(editor, subgraph, op);
  if (FindRecurrent(judge.builtin())->quant.int8_version == 0) {
    return "operator " + std::string(OperatorName(editor.model(), editor.op(subgraph, op))) +
           " has no integer form";
  }
  const std::string problem = judge.AgainstActivations();
  if (!problem.empty()) return problem;
  return judge.builtin() == static_cast<int32_t>(BuiltinOp::kSvdf) ? judge.AgainstSvdf()
                                                                   : judge.AgainstLstm();
}

int64_t RecurrentWeightElements(const ModelEditor& editor, int32_t subgraph, int32_t op) {
  const Operator& of = editor.op(subgraph, op);
  size_t bytes = 0;
  for (const int8_t i : FindRecurrent(editor.builtin(subgraph, op))->weights) {
    if (!HasInput(of, i)) continue;
    const Tensor& weights = editor.tensor(subgraph, of.inputs[static_cast<size_t>(i)]);
    bytes += editor.model().data_size(weights);
  }
  return static_cast<int64_t>(bytes / sizeof(float));
}

}  // namespace octolite
