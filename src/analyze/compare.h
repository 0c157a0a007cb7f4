#pragma once

#include <cstdint>
#include <memory>
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
  // Also compare tensors inside, matched by name.
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
  std::string op_name;  // of the reference operator that makes it; empty for an input
  ErrorMetrics error;
  // Outputs that look like scores (rank 1 or 2, 2 or more to choose from): how often the largest is
  // at the same place.
  uint64_t rows = 0;
  uint64_t top1_equal = 0;
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
