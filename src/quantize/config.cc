#include "quantize/config.h"

namespace octolite {

std::string_view QuantModeName(QuantMode mode) {
  switch (mode) {
    case QuantMode::kFloat:
      return "float";
    case QuantMode::kFloat16:
      return "float16";
    case QuantMode::kWeightOnly:
      return "weight_only";
    case QuantMode::kDynamic:
      return "dynamic";
    case QuantMode::kStatic:
      return "static";
  }
  return "float";
}

std::string SchemeName(const OperatorConfig& config) {
  std::string name(QuantModeName(config.mode));
  if (config.mode == QuantMode::kFloat || config.mode == QuantMode::kFloat16) return name;
  name += "_wi" + std::to_string(config.weights.bits);
  return config.mode == QuantMode::kStatic ? name + "_ai" + std::to_string(config.activations.bits)
                                           : name + "_afp32";
}

QuantizeConfig UniformConfig(const Model& model, const OperatorConfig& config) {
  QuantizeConfig uniform;
  for (const Subgraph& subgraph : model.subgraphs) {
    uniform.operators.emplace_back(subgraph.operators.size(), config);
  }
  return uniform;
}

}  // namespace octolite
