#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "compress/weights.h"
#include "model/model.h"

namespace octolite {

struct PruneConfig {
  double share = 0.5;   // of the weights that become 0, in [0, 1)
  bool global = false;  // of all weights together, instead of each tensor's
  // Weights with fewer elements stay as they are.
  int64_t min_elements = 1024;
  std::vector<OperatorId> keep{};  // operators whose weights stay as they are
};

// What became of one tensor of weights.
struct PrunedTensor {
  int32_t subgraph = 0;
  int32_t tensor = 0;
  std::string name;
  std::string op_name;
  DataType type = DataType::kFloat32;
  int64_t elements = 0;
  bool kept = false;  // it stays as it is
  int64_t zeros_before = 0;
  int64_t zeros_after = 0;
  WeightError error{};
};

struct PruneResult {
  Model model;
  std::vector<PrunedTensor> tensors;  // all weights of the model
};

// A copy of a model whose weights of least magnitude are 0 (of equal ones, those that come first).
// Exactly share * elements are 0 then, or as many as were. Zeros stay zeros in symmetric
// quantization, and a file with many of them compresses well. No training follows: what share a
// model bears is to be measured. Errors: INVALID_ARGUMENT for a share that is not offered; weights
// that are not finite.
Result<PruneResult> Prune(const Model& model, const PruneConfig& config);

}  // namespace octolite
