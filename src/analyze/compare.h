#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyze/error_metrics.h"
#include "base/arithmetic.h"
#include "base/status.h"
#include "model/model.h"
#include "runtime/interpreter.h"
#include "runtime/plan.h"

namespace octolite {

struct CompareOptions {
  int32_t reference_subgraph = 0;
  int32_t candidate_subgraph = 0;
  Arithmetic arithmetic = Arithmetic::kLitert;
  // Also compare tensors inside, matched by name. The candidate then runs twice a sample: as it is,
  // and with every tensor set to the reference's value as soon as it was looked at.
  bool per_layer = false;
  // As in PlanOptions, for both models.
  std::vector<std::optional<Shape>> input_shapes;
  Parallel parallel;
  // As in PlanOptions, for each model its own.
  std::vector<const OpDef*> reference_custom_ops;
  std::vector<const OpDef*> candidate_custom_ops;
};

// One output or inner tensor of both models.
struct TensorComparison {
  std::string name;  // as the reference model calls it
  int32_t reference_tensor = 0;
  int32_t candidate_tensor = 0;
  std::string op_name;    // of the reference operator that makes it; empty for an input
  int32_t op_index = -1;  // of that operator in its subgraph
  ErrorMetrics error;
  // Of the candidate's tensor; scale 0 where it is not quantized.
  DataType type = DataType::kFloat32;
  float scale = 0;
  int64_t zero_point = 0;
  // Share of the reference's values that the candidate's type cannot stand for, being more than
  // half a step beyond its range; 0 for a type without a range.
  double clipped = 0;
  // Between the histograms of both, in nats (DistributionPair). Over the representable range of a
  // quantized tensor, else over the reference's range in the first sample.
  double kl_divergence = 0;
  // Outputs that look like scores (rank 1 or 2, 2 or more to choose from): how often the largest is
  // at the same place.
  uint64_t rows = 0;
  uint64_t top1_equal = 0;
  // Of layers alone: what the operator adds by itself, when its inputs are the reference's,
  // converted to the candidate's types.
  std::optional<ErrorMetrics> local_error;
  // The local error's energy relative to the signal's, as a share of the sum over all layers: an
  // estimate of the operator's share in the error of the outputs that takes relative errors to
  // travel on as they are.
  double local_share = 0;
  // Of the operator that makes it: its constants in both models, and the error of its weights.
  int64_t weight_bytes_before = 0;
  int64_t weight_bytes_after = 0;
  std::optional<ErrorMetrics> weight_error;
};

struct CompareReport {
  uint64_t samples = 0;
  std::vector<TensorComparison> outputs;
  std::vector<TensorComparison> layers;  // in the order of the reference's operators
  // As one JSON object.
  std::string ToJson() const;
};

// Feeds two models the same samples and compares what comes out as real numbers: each input is
// given in the reference's type and converted to the candidate's by its quantization. Inputs and
// outputs are matched by the names of a common signature where both models have one, else by
// position.
class ModelComparator {
 public:
  // As Plan::Compile refuses; SHAPE_MISMATCH or INVALID_ARGUMENT for models whose inputs or outputs
  // do not correspond.
  static Result<std::unique_ptr<ModelComparator>> Create(std::shared_ptr<const Model> reference,
                                                         std::shared_ptr<const Model> candidate,
                                                         const CompareOptions& options);
  ~ModelComparator();

  // For setting inputs.
  Interpreter& reference();
  Interpreter& candidate();
  // Converts the reference's inputs for the candidate, runs both, and compares.
  Status Step();
  CompareReport report() const;

 private:
  struct State;
  explicit ModelComparator(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace octolite
