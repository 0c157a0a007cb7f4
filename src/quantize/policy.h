#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ops/quant_rule.h"
#include "quantize/model_editor.h"
#include "quantize/quantize.h"

namespace octolite {

// Below this a DEQUANTIZE operator takes more room in the file than float16 saves.
inline constexpr int64_t kMinFloat16Elements = 64;

// What is done to an operator: what was asked, or as much of it as is legal.
struct Decision {
  QuantMode mode = QuantMode::kFloat;
  Granularity granularity = Granularity::kPerChannel;
  bool symmetric_weights = true;
  bool symmetric_activations = false;
  const QuantRule* rule = nullptr;  // of the operator; null for kFloat
  std::string reason;               // in plain words; empty when it got what was asked

  bool is_static() const { return mode == QuantMode::kStaticInt8; }
};

// `is_entry`: callers run the subgraph by itself, so that it can be calibrated.
Decision Decide(const ModelEditor& editor, int32_t subgraph, int32_t op,
                const OperatorConfig& config, bool is_entry);

// The input that scales the bias: the first activation.
int FirstActivation(const QuantRule& rule);

// Axis of the weights' channels, -1 for per tensor.
int WeightAxis(const QuantRule& rule, Granularity granularity);

}  // namespace octolite
