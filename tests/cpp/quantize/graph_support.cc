#include "quantize/graph_support.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace octolite::testing {

CalibrationStats StatsOf(const Model& model,
                         const std::map<std::string, std::pair<float, float>>& ranges,
                         int32_t subgraph) {
  SubgraphStatistics statistics{subgraph, 100, {}};
  const std::vector<Tensor>& tensors = model.subgraphs[static_cast<size_t>(subgraph)].tensors;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto range = ranges.find(tensors[i].name);
    if (range == ranges.end()) continue;
    TensorRecord record{static_cast<int32_t>(i), tensors[i].name, {}};
    record.statistics.count = 1;
    record.statistics.min = range->second.first;
    record.statistics.max = range->second.second;
    statistics.tensors.push_back(std::move(record));
  }
  CalibrationStats stats;
  stats.subgraphs.push_back(std::move(statistics));
  return stats;
}

const Tensor& Named(const Model& model, std::string_view name, int32_t subgraph) {
  for (const Tensor& tensor : model.subgraphs[static_cast<size_t>(subgraph)].tensors) {
    if (tensor.name == name) return tensor;
  }
  static const Tensor* const kMissing = [] {
    auto* tensor = new Tensor();
    tensor->name = "missing";
    return tensor;
  }();
  return *kMissing;
}

std::string Graph(const Model& model, int32_t index) {
  const Subgraph& subgraph = model.subgraphs[static_cast<size_t>(index)];
  const auto names = [&](const std::vector<int32_t>& tensors) {
    std::string list;
    for (const int32_t t : tensors) {
      if (!list.empty()) list += ",";
      list += t < 0 ? "-" : subgraph.tensors[static_cast<size_t>(t)].name;
    }
    return list;
  };
  std::string graph;
  for (const Operator& op : subgraph.operators) {
    if (!graph.empty()) graph += " ";
    graph +=
        std::string(OperatorName(model, op)) + "(" + names(op.inputs) + ")->" + names(op.outputs);
  }
  return graph;
}

const Operator& OpAt(const Model& model, size_t index) {
  return model.subgraphs[0].operators[index];
}

int32_t VersionAt(const Model& model, size_t index) {
  return model.code(OpAt(model, index)).version;
}

OperatorConfig Mode(QuantMode mode) {
  OperatorConfig config;
  config.mode = mode;
  return config;
}

QuantizeResult QuantizeAll(const Model& model, const OperatorConfig& config,
                           const CalibrationStats* stats) {
  Result<QuantizeResult> result = Quantize(model, UniformConfig(model, config), stats);
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
    std::abort();
  }
  return std::move(result).value();
}

}  // namespace octolite::testing
