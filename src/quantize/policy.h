#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/quant_rule.h"
#include "quantize/config.h"
#include "quantize/model_editor.h"

namespace octolite {

// Below this a DEQUANTIZE operator takes more room in the file than float16 saves.
inline constexpr int64_t kMinFloat16Elements = 64;

// What is done to an operator: what was asked, or as much of it as is legal.
struct Decision {
  OperatorConfig config;
  const QuantRule* rule = nullptr;  // of the operator; null for kFloat
  // In plain words, why it is not what was asked; empty when it is.
  std::string reason;

  QuantMode mode() const { return config.mode; }
  bool is_static() const { return config.mode == QuantMode::kStatic; }
  DataType activation_type() const {
    return config.activations.bits == 16 ? DataType::kInt16 : DataType::kInt8;
  }
};

// `is_observed`: calibration can see what is in the subgraph.
Decision Decide(const ModelEditor& editor, int32_t subgraph, int32_t op,
                const OperatorConfig& config, bool is_observed);

// Whether integer kernels take the weights as weights: not those of BATCH_MATMUL, which are an
// activation there.
inline bool HasStaticWeights(const QuantRule& rule) {
  return rule.weight_input >= 0 && !rule.is_activation(rule.weight_input);
}

// Whether an operator looks at the shape of what it reads alone, and takes it in any form.
inline bool ReadsShapeAlone(const ModelEditor& editor, int32_t subgraph, int32_t op) {
  return editor.builtin(subgraph, op) == static_cast<int32_t>(BuiltinOp::kShape);
}

// The input that scales the bias: the first activation.
int FirstActivation(const QuantRule& rule);

// Axis of the weights' channels, -1 for per tensor.
int WeightAxis(const Decision& decision);

// The operator's version in a file that has it so.
int32_t RequiredVersion(const Decision& decision);

}  // namespace octolite
