#pragma once

#include <memory>
#include <vector>

#include "runtime/arena_planner.h"
#include "runtime/plan.h"
#include "runtime/prepare_node.h"

namespace octolite {

// The steps of Plan::Compile.
class PlanCompiler {
 public:
  // `plan` has its model and options, of a valid subgraph.
  explicit PlanCompiler(std::shared_ptr<Plan> plan);

  Result<std::shared_ptr<const Plan>> Compile();

 private:
  Status CompileSteps();
  const OpDef* Find(const Operator& op) const;
  Status CheckOperators() const;
  Status AddTensors();
  Status Load(int32_t index);
  Result<std::span<const uint8_t>> DenseContent(int32_t index);
  Status Place(int32_t index);
  Status SetInputShapes();
  Status AddNode(int32_t op_index);
  // Runs a node whose inputs are all constant and makes its outputs constants.
  Status FoldNode(const Operator& op, int32_t op_index, const PreparedNode& prepared,
                  std::span<const TensorSpec> outputs);
  Status LayOutArena();

  Result<uint8_t*> NewConstant(size_t bytes);
  // What an operator sees of its tensors; a missing optional input is a default TensorSpec.
  std::vector<TensorSpec> Specs(std::span<const int32_t> indices) const;
  PlanTensor& tensor(int32_t index) { return plan_->tensors_[static_cast<size_t>(index)]; }
  Status TensorError(int32_t index, StatusCode code, std::string message) const;

  std::shared_ptr<Plan> plan_;
  const Model& model_;
  const Subgraph& subgraph_;
  std::vector<bool> available_;  // has content when the next operator runs
  size_t constant_bytes_ = 0;
};

}  // namespace octolite
