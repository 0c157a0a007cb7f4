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

// `is_entry`: callers run the subgraph by itself, so that it can be calibrated.
Decision Decide(const ModelEditor& editor, int32_t subgraph, int32_t op,
                const OperatorConfig& config, bool is_entry);

// The input that scales the bias: the first activation.
int FirstActivation(const QuantRule& rule);

// Axis of the weights' channels, -1 for per tensor.
int WeightAxis(const Decision& decision);

// The operator's version in a file that has it so.
int32_t RequiredVersion(const Decision& decision);

}  // namespace octolite
