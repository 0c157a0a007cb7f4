#include "quantize/variables.h"

#include <algorithm>
#include <map>
#include <utility>

#include "quantize/affine.h"

namespace octolite {
namespace {

constexpr QuantRule kReadRule = {.int8_version = 1, .int16_version = 1};
constexpr QuantRule kAssignRule = {
    .activation_inputs = 0b10, .int8_version = 1, .int16_version = 1};

bool Is(int32_t builtin, BuiltinOp op) { return builtin == static_cast<int32_t>(op); }

// Container and name of the variable that a handle of a subgraph stands for; absent: unknown.
std::map<int32_t, std::string> NamedHandles(const ModelEditor& editor, int32_t subgraph) {
  std::map<int32_t, std::string> names;
  for (int32_t i = 0; i < editor.num_operators(subgraph); ++i) {
    if (!Is(editor.builtin(subgraph, i), BuiltinOp::kVarHandle)) continue;
    const Operator& op = editor.op(subgraph, i);
    if (op.outputs.size() != 1) continue;
    // No container's name has this character, so that no two variables share a key.
    names[op.outputs[0]] = std::string(op.options.String("container")) + '\0' +
                           std::string(op.options.String("shared_name"));
  }
  return names;
}

bool IsReadOrAssign(const ModelEditor& editor, int32_t subgraph, int32_t op) {
  return FindVariableRule(editor.builtin(subgraph, op)) != nullptr;
}

// Whether a handle leaves the operators of its own subgraph, or comes from elsewhere.
bool HasUntrackedHandle(const ModelEditor& editor, int32_t subgraph,
                        const std::map<int32_t, std::string>& names) {
  const std::vector<TensorUse> uses = FindUses(editor, subgraph);
  for (size_t t = 0; t < uses.size(); ++t) {
    const auto index = static_cast<int32_t>(t);
    if (editor.tensor(subgraph, index).type != DataType::kResource) continue;
    if (uses[t].is_graph_input || uses[t].is_graph_output) return true;
    const bool is_named = names.contains(index);
    for (const auto& [consumer, input] : uses[t].consumers) {
      const bool accesses = IsReadOrAssign(editor, subgraph, consumer);
      // Hash tables have handles of their own.
      if (accesses != is_named) return true;
    }
  }
  return false;
}

const Decision& DecisionOf(const Decisions& decisions, const VariableAccess& access) {
  return decisions[static_cast<size_t>(access.subgraph)][static_cast<size_t>(access.op)];
}

// The range of everything that is read or assigned, widened to hold 0.
Result<Range> RangeOfVariable(const ModelEditor& editor, const Variable& variable,
                              const CalibrationStats& stats, const ObserverConfig& observer) {
  Range whole;
  bool seen = false;
  for (const VariableAccess& access : variable.accesses) {
    const std::string& name = editor.tensor(access.subgraph, access.tensor).name;
    Result<Range> range = Range();
    if (editor.IsFloatConstant(access.subgraph, access.tensor)) {
      range = RangeOf(editor.Floats(access.subgraph, access.tensor));
    } else {
      const TensorRecord* record = stats.Find(access.subgraph, access.tensor);
      if (record == nullptr || record->statistics.count == 0) continue;
      range = SelectRange(record->statistics, observer);
    }
    if (!range.ok()) {
      return range.status().AtTensor(access.tensor, name).AtSubgraph(access.subgraph);
    }
    seen = true;
    whole.min = std::min(whole.min, range->min);
    whole.max = std::max(whole.max, range->max);
  }
  if (seen) return whole;
  Status status(StatusCode::kNotCalibrated,
                "no value of variable '" + variable.name + "' was seen in calibration");
  return status.WithHint("calibrate the model on samples of its real input");
}

}  // namespace

const QuantRule* FindVariableRule(int32_t builtin) {
  if (Is(builtin, BuiltinOp::kReadVariable)) return &kReadRule;
  return Is(builtin, BuiltinOp::kAssignVariable) ? &kAssignRule : nullptr;
}

std::vector<Variable> FindVariables(const ModelEditor& editor) {
  std::map<std::string, Variable> found;
  bool untracked = false;
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::map<int32_t, std::string> names = NamedHandles(editor, s);
    untracked |= HasUntrackedHandle(editor, s, names);
    for (int32_t i = 0; i < editor.num_operators(s); ++i) {
      if (!IsReadOrAssign(editor, s, i)) continue;
      const Operator& op = editor.op(s, i);
      const bool is_read = Is(editor.builtin(s, i), BuiltinOp::kReadVariable);
      const auto name = op.inputs.empty() ? names.end() : names.find(op.inputs[0]);
      if (name == names.end() || op.inputs.size() != (is_read ? 1u : 2u) ||
          op.outputs.size() != (is_read ? 1u : 0u)) {
        untracked = true;
        continue;
      }
      const int32_t tensor = is_read ? op.outputs[0] : op.inputs[1];
      Variable& variable = found[name->second];
      variable.name = name->second.substr(name->second.find('\0') + 1);
      variable.accesses.push_back({s, i, tensor});
      if (tensor < 0 || editor.tensor(s, tensor).type != DataType::kFloat32) {
        variable.obstacle = "the variable holds no float32 values";
      }
    }
  }
  std::vector<Variable> variables;
  for (auto& [key, variable] : found) {
    if (untracked) variable.obstacle = "a handle of a variable is passed between subgraphs";
    variables.push_back(std::move(variable));
  }
  return variables;
}

void AgreeOnVariables(std::span<const Variable> variables, Decisions& decisions) {
  for (const Variable& variable : variables) {
    const Decision& first = DecisionOf(decisions, variable.accesses[0]);
    std::string problem = variable.obstacle;
    for (const VariableAccess& access : variable.accesses) {
      const Decision& decision = DecisionOf(decisions, access);
      if (!problem.empty()) break;
      if (!decision.is_static()) {
        problem = "the same variable is read or assigned in float elsewhere";
      } else if (decision.activation_type() != first.activation_type()) {
        problem = "the same variable has another type elsewhere";
      }
    }
    if (problem.empty()) continue;
    for (const VariableAccess& access : variable.accesses) {
      Decision& decision =
          decisions[static_cast<size_t>(access.subgraph)][static_cast<size_t>(access.op)];
      if (!decision.is_static()) continue;
      decision = Decision();
      decision.reason = "kept in float: " + problem;
    }
  }
}

Result<VariableForms> SolveVariables(const ModelEditor& editor, std::span<const Variable> variables,
                                     const Decisions& decisions, const CalibrationStats& stats) {
  VariableForms forms;
  for (const std::vector<Decision>& of_subgraph : decisions) forms.emplace_back(of_subgraph.size());
  for (const Variable& variable : variables) {
    const Decision& first = DecisionOf(decisions, variable.accesses[0]);
    if (!first.is_static()) continue;
    const ActivationConfig& config = first.config.activations;
    OCTO_ASSIGN_OR_RETURN(const Range range,
                          RangeOfVariable(editor, variable, stats, config.observer));
    OCTO_ASSIGN_OR_RETURN(const Form form,
                          FormForRange(range, first.activation_type(), config.symmetric));
    for (const VariableAccess& access : variable.accesses) {
      forms[static_cast<size_t>(access.subgraph)][static_cast<size_t>(access.op)] = form;
    }
  }
  return forms;
}

}  // namespace octolite
