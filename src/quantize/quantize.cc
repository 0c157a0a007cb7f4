#include "quantize/quantize.h"

#include <algorithm>
#include <utility>

#include "calibrate/range_warnings.h"
#include "model/builtin_op.h"
#include "model/constants.h"
#include "model/quantized_type.h"
#include "quantize/model_editor.h"
#include "quantize/passes/fold_qat.h"
#include "quantize/passes/passes.h"
#include "quantize/passes/recurrent.h"
#include "quantize/policy.h"
#include "quantize/recurrent.h"
#include "quantize/scale_solver.h"
#include "quantize/variables.h"

namespace octolite {
namespace {

// Of what is left when training's pairs are gone.
Status CheckNotQuantized(const ModelEditor& editor) {
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::vector<TensorUse> uses = FindUses(editor, s);
    for (size_t t = 0; t < uses.size(); ++t) {
      const Tensor& tensor = editor.tensor(s, static_cast<int32_t>(t));
      const std::optional<Quantization>& quantization = tensor.quantization;
      const bool is_used = uses[t].producer >= 0 || !uses[t].consumers.empty() ||
                           uses[t].is_graph_input || uses[t].is_graph_output;
      if (!is_used || !IsQuantizedType(tensor.type) || !quantization ||
          !(quantization->has_scale() || quantization->blockwise)) {
        continue;
      }
      Status status(StatusCode::kAlreadyQuantized,
                    "the model is quantized as it came: a tensor is " +
                        std::string(DataTypeName(tensor.type)));
      return status.AtTensor(static_cast<int32_t>(t), tensor.name)
          .AtSubgraph(s)
          .WithHint("start from the float model that it was made from");
    }
  }
  return Status::Ok();
}

Status CheckEdgeType(const char* what, DataType type) {
  if (type == DataType::kFloat32 || type == DataType::kInt8 || type == DataType::kUInt8 ||
      type == DataType::kInt16) {
    return Status::Ok();
  }
  Status status(StatusCode::kInvalidArgument, std::string("a quantized model cannot have ") +
                                                  std::string(DataTypeName(type)) + " " + what);
  return status.WithHint("choose float32, int8, uint8 or int16");
}

// What is wrong with what is asked of an operator; empty when nothing is.
std::string ConfigProblem(const OperatorConfig& config) {
  const WeightConfig& weights = config.weights;
  if (config.mode == QuantMode::kFloat || config.mode == QuantMode::kFloat16) return "";
  if (weights.bits != 8 && weights.bits != 4 && weights.bits != 2) {
    return "weights of " + std::to_string(weights.bits) + " bits are not possible: 8, 4 or 2 are";
  }
  if (!weights.symmetric && config.mode != QuantMode::kWeightOnly) {
    return "asymmetric weights are possible in weight-only quantization alone";
  }
  if (!weights.symmetric && weights.clipping != WeightClipping::kMinMax) {
    return "the range of asymmetric weights is that of their values, not clipped";
  }
  if (weights.granularity == Granularity::kBlockwise) {
    const int32_t size = weights.block_size;
    if (size != 32 && size != 64 && size != 128 && size != 256) {
      return "blocks of " + std::to_string(size) +
             " weights are not possible: 32, 64, 128 or 256 are";
    }
    if (!weights.symmetric) return "weights quantized by blocks must be symmetric";
  }
  if (config.mode == QuantMode::kStatic && config.activations.bits != 8 &&
      config.activations.bits != 16) {
    return "activations of " + std::to_string(config.activations.bits) +
           " bits are not possible: 8 or 16 are";
  }
  return "";
}

Status CheckConfig(const Model& model, const QuantizeConfig& config) {
  OCTO_RETURN_IF_ERROR(CheckEdgeType("inputs", config.input_type));
  OCTO_RETURN_IF_ERROR(CheckEdgeType("outputs", config.output_type));
  if (config.operators.size() > model.subgraphs.size()) {
    return Status(StatusCode::kInvalidRecipe,
                  "speaks of " + std::to_string(config.operators.size()) +
                      " subgraphs where the model has " + std::to_string(model.subgraphs.size()));
  }
  const bool is_remote = std::ranges::any_of(
      model.buffers, [](const Buffer& buffer) { return buffer.data.is_remote(); });
  for (size_t s = 0; s < config.operators.size(); ++s) {
    const size_t count = model.subgraphs[s].operators.size();
    if (!config.operators[s].empty() && config.operators[s].size() != count) {
      Status status(StatusCode::kInvalidRecipe,
                    "speaks of " + std::to_string(config.operators[s].size()) +
                        " operators where the subgraph has " + std::to_string(count));
      return status.AtSubgraph(static_cast<int32_t>(s));
    }
    for (size_t i = 0; i < config.operators[s].size(); ++i) {
      std::string problem = ConfigProblem(config.operators[s][i]);
      if (is_remote && config.operators[s][i].mode == QuantMode::kStatic) {
        problem = "static quantization needs the model in memory as a whole";
      }
      if (problem.empty()) continue;
      Status status(StatusCode::kInvalidRecipe, problem);
      return status
          .AtOp(static_cast<int32_t>(i), OperatorName(model, model.subgraphs[s].operators[i]))
          .AtSubgraph(static_cast<int32_t>(s));
    }
  }
  return Status::Ok();
}

// Subgraphs that callers run by themselves: the first, and those with a signature.
std::vector<bool> EntrySubgraphs(const Model& model) {
  std::vector<bool> entry(model.subgraphs.size());
  if (!entry.empty()) entry[0] = true;
  for (const Signature& signature : model.signatures) {
    if (signature.subgraph < entry.size()) entry[signature.subgraph] = true;
  }
  return entry;
}

OperatorConfig ConfigOf(const QuantizeConfig& config, int32_t subgraph, int32_t op) {
  const auto s = static_cast<size_t>(subgraph);
  if (s >= config.operators.size() || config.operators[s].empty()) return OperatorConfig();
  return config.operators[s][static_cast<size_t>(op)];
}

// Those, and what calibration saw run by other operators.
std::vector<bool> ObservedSubgraphs(const Model& model, const CalibrationStats& stats) {
  std::vector<bool> observed = EntrySubgraphs(model);
  for (const SubgraphStatistics& subgraph : stats.subgraphs) {
    const auto index = static_cast<size_t>(subgraph.subgraph);
    if (index >= observed.size()) continue;
    observed[index] = observed[index] ||
                      std::any_of(subgraph.tensors.begin(), subgraph.tensors.end(),
                                  [](const TensorRecord& r) { return r.statistics.count > 0; });
  }
  return observed;
}

bool AnyToQuantize(const QuantizeConfig& config) {
  return std::any_of(config.operators.begin(), config.operators.end(), [](const auto& subgraph) {
    return std::any_of(subgraph.begin(), subgraph.end(),
                       [](const OperatorConfig& op) { return op.mode != QuantMode::kFloat; });
  });
}

Decisions DecideAll(const ModelEditor& editor, const QuantizeConfig& config,
                    const CalibrationStats& stats) {
  const std::vector<bool> observed = ObservedSubgraphs(editor.model(), stats);
  Decisions decisions(observed.size());
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    for (int32_t i = 0; i < editor.num_operators(s); ++i) {
      Decision decision;
      if (editor.removed(s, i)) {
        decision.reason = "kept in float: it gives a constant to operators in float";
      } else {
        decision = Decide(editor, s, i, ConfigOf(config, s, i), observed[static_cast<size_t>(s)]);
      }
      decisions[static_cast<size_t>(s)].push_back(std::move(decision));
    }
  }
  return decisions;
}

// Statistics of NaN are refused by SelectRange; masks only deserve a word.
void WarnOfMasks(const CalibrationStats& stats, std::vector<std::string>& warnings) {
  for (const SubgraphStatistics& subgraph : stats.subgraphs) {
    for (const TensorRecord& record : subgraph.tensors) {
      if (record.statistics.infinite_count == 0) continue;
      warnings.push_back("tensor '" + record.name + "' was infinite, or as good as, " +
                         std::to_string(record.statistics.infinite_count) +
                         " times during calibration; its range is that of its other values");
    }
  }
}

Status RunStatic(ModelEditor& editor, const QuantizeConfig& config, const Decisions& decisions,
                 std::span<const Variable> variables, const CalibrationStats& stats,
                 std::vector<std::string>& warnings) {
  bool any = false;
  const std::vector<bool> entry = EntrySubgraphs(editor.model());
  OCTO_ASSIGN_OR_RETURN(const VariableForms variable_forms,
                        SolveVariables(editor, variables, decisions, stats));
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::vector<Decision>& of_subgraph = decisions[static_cast<size_t>(s)];
    if (std::none_of(of_subgraph.begin(), of_subgraph.end(),
                     [](const Decision& decision) { return decision.is_static(); })) {
      continue;
    }
    any = true;
    OCTO_ASSIGN_OR_RETURN(
        const ActivationForms forms,
        SolveScales(editor, s, of_subgraph, stats, variable_forms[static_cast<size_t>(s)]));
    // Operators that run a subgraph are float, and give and take floats.
    const EdgeTypes edges = entry[static_cast<size_t>(s)]
                                ? EdgeTypes{config.input_type, config.output_type}
                                : EdgeTypes();
    OCTO_RETURN_IF_ERROR(QuantizeStatic(editor, s, of_subgraph, forms, edges, warnings));
    for (size_t i = 0; i < of_subgraph.size(); ++i) {
      const auto op = static_cast<int32_t>(i);
      if (!of_subgraph[i].is_static() || FindRecurrent(editor.builtin(s, op)) == nullptr) continue;
      OCTO_RETURN_IF_ERROR(QuantizeRecurrentStatic(editor, s, op, of_subgraph[i], stats));
    }
  }
  if (any) {
    WarnOfMasks(stats, warnings);
    for (std::string& warning : RangeWarnings(stats)) warnings.push_back(std::move(warning));
  } else if (config.input_type != DataType::kFloat32 || config.output_type != DataType::kFloat32) {
    warnings.push_back("inputs and outputs stay float32: no operator is quantized statically");
  }
  return Status::Ok();
}

std::string ReasonOfRemoved(const Model& before, const Operator& op) {
  const bool reads_constant =
      before.code(op).builtin == static_cast<int32_t>(BuiltinOp::kDequantize);
  return reads_constant ? "gone: the operators that read its constant hold it themselves"
                        : "gone: it stood for the quantization that is done now";
}

QuantizeReport MakeReport(const Model& before, const Model& after, const ModelEditor& editor,
                          const QuantizeConfig& config, const Decisions& decisions) {
  QuantizeReport report;
  report.weight_bytes_before = ConstantBytes(before);
  report.weight_bytes_after = ConstantBytes(after);
  report.added_quantize = editor.added_quantize();
  report.added_dequantize = editor.added_dequantize();
  for (size_t s = 0; s < decisions.size(); ++s) {
    const Subgraph& subgraph = before.subgraphs[s];
    const auto subgraph_index = static_cast<int32_t>(s);
    for (size_t i = 0; i < decisions[s].size(); ++i) {
      const Operator& op = subgraph.operators[i];
      OperatorReport line;
      line.subgraph = subgraph_index;
      line.op = static_cast<int32_t>(i);
      line.op_name = OperatorName(before, op);
      if (!op.outputs.empty() && op.outputs[0] >= 0) {
        line.output_name = subgraph.tensors[static_cast<size_t>(op.outputs[0])].name;
      }
      line.asked = ConfigOf(config, subgraph_index, line.op);
      line.got = decisions[s][i].config;
      line.reason = decisions[s][i].reason;
      line.weight_bytes_before = OperatorConstantBytes(before, subgraph_index, line.op);
      const int32_t position = editor.position(subgraph_index, line.op);
      if (position >= 0) {
        line.weight_bytes_after = OperatorConstantBytes(after, subgraph_index, position);
      } else {
        line.got = line.asked;
        line.reason = ReasonOfRemoved(before, op);
      }
      report.operators.push_back(std::move(line));
    }
  }
  return report;
}

}  // namespace

Result<QuantizeResult> Quantize(const Model& model, const QuantizeConfig& config,
                                const CalibrationStats* stats) {
  OCTO_RETURN_IF_ERROR(CheckConfig(model, config));
  ModelEditor editor(model);
  std::vector<std::string> warnings;
  std::vector<FoldedConstant> folded = FoldFloat16(editor);
  CalibrationStats statistics = stats ? *stats : StatisticsFromModel(model);
  if (AnyToQuantize(config)) {
    const QatFolding trained = FoldQat(editor);
    folded.insert(folded.end(), trained.constants.begin(), trained.constants.end());
    statistics = Overridden(statistics, trained.ranges);
  }
  OCTO_RETURN_IF_ERROR(CheckNotQuantized(editor));
  const std::vector<Variable> variables = FindVariables(editor);
  Decisions decisions = DecideAll(editor, config, statistics);
  AgreeOnVariables(variables, decisions);
  OCTO_RETURN_IF_ERROR(RunStatic(editor, config, decisions, variables, statistics, warnings));
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::vector<Decision>& of_subgraph = decisions[static_cast<size_t>(s)];
    OCTO_RETURN_IF_ERROR(QuantizeDynamic(editor, s, of_subgraph, folded));
    OCTO_RETURN_IF_ERROR(QuantizeWeightsOnly(editor, s, of_subgraph));
    CastFloat16(editor, s, of_subgraph, folded, warnings);
  }
  UnfoldFloat16(editor, folded);
  OCTO_RETURN_IF_ERROR(editor.read_status());

  QuantizeResult result;
  result.model = editor.Finish();
  result.report = MakeReport(model, result.model, editor, config, decisions);
  result.report.warnings = std::move(warnings);
  return result;
}

}  // namespace octolite
