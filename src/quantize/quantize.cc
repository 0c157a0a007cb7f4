#include "quantize/quantize.h"

#include <algorithm>
#include <utility>

#include "model/builtin_op.h"
#include "model/constants.h"
#include "model/quantized_type.h"
#include "quantize/model_editor.h"
#include "quantize/passes/passes.h"
#include "quantize/policy.h"
#include "quantize/scale_solver.h"

namespace octolite {
namespace {

using Decisions = std::vector<std::vector<Decision>>;

Status CheckNotQuantized(const Model& model) {
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const std::vector<Tensor>& tensors = model.subgraphs[s].tensors;
    for (size_t t = 0; t < tensors.size(); ++t) {
      const std::optional<Quantization>& quantization = tensors[t].quantization;
      if (!IsQuantizedType(tensors[t].type) || !quantization ||
          !(quantization->has_scale() || quantization->blockwise)) {
        continue;
      }
      Status status(StatusCode::kAlreadyQuantized,
                    "the model is quantized as it came: a tensor is " +
                        std::string(DataTypeName(tensors[t].type)));
      return status.AtTensor(static_cast<int32_t>(t), tensors[t].name)
          .AtSubgraph(static_cast<int32_t>(s))
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
  for (size_t s = 0; s < config.operators.size(); ++s) {
    const size_t count = model.subgraphs[s].operators.size();
    if (!config.operators[s].empty() && config.operators[s].size() != count) {
      Status status(StatusCode::kInvalidRecipe,
                    "speaks of " + std::to_string(config.operators[s].size()) +
                        " operators where the subgraph has " + std::to_string(count));
      return status.AtSubgraph(static_cast<int32_t>(s));
    }
    for (size_t i = 0; i < config.operators[s].size(); ++i) {
      const std::string problem = ConfigProblem(config.operators[s][i]);
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

Decisions DecideAll(const ModelEditor& editor, const QuantizeConfig& config) {
  const std::vector<bool> entry = EntrySubgraphs(editor.model());
  Decisions decisions(entry.size());
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    for (int32_t i = 0; i < editor.num_operators(s); ++i) {
      Decision decision;
      if (editor.removed(s, i)) {
        decision.reason = "kept in float: it gives a float16 constant to operators in float";
      } else {
        decision = Decide(editor, s, i, ConfigOf(config, s, i), entry[static_cast<size_t>(s)]);
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
                 const CalibrationStats& stats, std::vector<std::string>& warnings) {
  bool any = false;
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::vector<Decision>& of_subgraph = decisions[static_cast<size_t>(s)];
    if (std::none_of(of_subgraph.begin(), of_subgraph.end(),
                     [](const Decision& decision) { return decision.is_static(); })) {
      continue;
    }
    any = true;
    OCTO_ASSIGN_OR_RETURN(const ActivationForms forms, SolveScales(editor, s, of_subgraph, stats));
    OCTO_RETURN_IF_ERROR(QuantizeStatic(editor, s, of_subgraph, forms,
                                        {config.input_type, config.output_type}, warnings));
  }
  if (any) {
    WarnOfMasks(stats, warnings);
  } else if (config.input_type != DataType::kFloat32 || config.output_type != DataType::kFloat32) {
    warnings.push_back("inputs and outputs stay float32: no operator is quantized statically");
  }
  return Status::Ok();
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
        line.reason = "gone: the operators that read its float16 constant hold it themselves";
      }
      report.operators.push_back(std::move(line));
    }
  }
  return report;
}

}  // namespace

Result<QuantizeResult> Quantize(const Model& model, const QuantizeConfig& config,
                                const CalibrationStats* stats) {
  OCTO_RETURN_IF_ERROR(CheckNotQuantized(model));
  OCTO_RETURN_IF_ERROR(CheckConfig(model, config));
  const CalibrationStats recorded = stats ? CalibrationStats() : StatisticsFromModel(model);
  const CalibrationStats& statistics = stats ? *stats : recorded;

  ModelEditor editor(model);
  std::vector<std::string> warnings;
  const std::vector<FoldedConstant> folded = FoldFloat16(editor);
  const Decisions decisions = DecideAll(editor, config);
  OCTO_RETURN_IF_ERROR(RunStatic(editor, config, decisions, statistics, warnings));
  for (int32_t s = 0; s < editor.num_subgraphs(); ++s) {
    const std::vector<Decision>& of_subgraph = decisions[static_cast<size_t>(s)];
    OCTO_RETURN_IF_ERROR(QuantizeDynamic(editor, s, of_subgraph, folded));
    OCTO_RETURN_IF_ERROR(QuantizeWeightsOnly(editor, s, of_subgraph));
    CastFloat16(editor, s, of_subgraph, folded, warnings);
  }
  UnfoldFloat16(editor, folded);

  QuantizeResult result;
  result.model = editor.Finish();
  result.report = MakeReport(model, result.model, editor, config, decisions);
  result.report.warnings = std::move(warnings);
  return result;
}

}  // namespace octolite
