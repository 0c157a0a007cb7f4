#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "compress/weights.h"
#include "model/model.h"

namespace octolite {

inline constexpr int32_t kMaxClusters = 4096;

struct ClusterConfig {
  int32_t clusters = 256;    // different values that are left: 2 to kMaxClusters
  bool per_channel = false;  // of every channel of its own, instead of the tensor
  bool keep_zeros = false;   // zeros stay zeros, for models that were pruned
  // Weights with fewer elements stay as they are.
  int64_t min_elements = 256;
  std::vector<OperatorId> keep{};  // operators whose weights stay as they are
};

// What became of one tensor of weights.
struct ClusteredTensor {
  int32_t subgraph = 0;
  int32_t tensor = 0;
  std::string name;
  std::string op_name;
  DataType type = DataType::kFloat32;
  int64_t elements = 0;
  int64_t codebooks = 0;  // 0: it stays as it is
  // Different values, in the codebook that has most of them.
  int64_t values_before = 0;
  int64_t values_after = 0;
  WeightError error{};
};

struct ClusterResult {
  Model model;
  std::vector<ClusteredTensor> tensors;  // all weights of the model
};

// A copy of a model whose weights take few different values, those of a codebook of least squared
// error (kmeans.h): any runtime takes it as it is, and it compresses well. Entries for integer
// weights are integers, so that a quantized model stays one: cluster it after it was quantized,
// and the codes stay shared. Channels with scales of their own count by the square of their scale.
// Errors: INVALID_ARGUMENT for a number of clusters that is not offered; weights that are not
// finite.
Result<ClusterResult> Cluster(const Model& model, const ClusterConfig& config);

}  // namespace octolite
