#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/arena_planner.h"
#include "runtime/passes/release_constants.h"
#include "runtime/passes/share_memory.h"
#include "runtime/passes/tensor_uses.h"
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
  // Prepares the node's operator, `with_neighbours` that passes may fold into it, and sets the
  // specs of its outputs.
  Result<PreparedNode> Prepare(PlanNode& node, bool with_neighbours,
                               std::vector<TensorSpec>& outputs);
  // The padding of the PAD before the node, where it can be folded.
  std::optional<ImagePadding> PaddingBefore(const PlanNode& node, const Operator& op);
  // The node is prepared, and its memory will be as `dynamic_outputs` says.
  void Finish(PlanNode node, const std::vector<bool>& dynamic_outputs);
  // Gives back constants that an operator was the last to need.
  void ReleaseConstants(const Operator& op, const OpKernel* kernel);
  // Runs a node whose inputs are all constant and makes its outputs constants.
  Status FoldNode(const Operator& op, int32_t op_index, const PreparedNode& prepared,
                  std::span<const TensorSpec> outputs);
  Status LayOutArena();

  std::vector<Lifetime> Lifetimes() const;

  // Memory for the content of the tensor.
  Result<uint8_t*> NewConstant(int32_t tensor, size_t bytes);
  // What an operator sees of its tensors; a missing optional input is a default TensorSpec.
  std::vector<TensorSpec> Specs(std::span<const int32_t> indices) const;
  bool all_visible() const { return plan_->options_.keep_all_tensors || plan_->options_.observed; }
  PlanTensor& tensor(int32_t index) { return plan_->tensors_[static_cast<size_t>(index)]; }
  Status TensorError(int32_t index, StatusCode code, std::string message) const;

  std::shared_ptr<Plan> plan_;
  const Model& model_;
  const Subgraph& subgraph_;
  TensorUses uses_;
  ConstantReaders constant_readers_;
  std::vector<bool> available_;  // has content when the next operator runs
  // By tensor: the node that writes it, or -1.
  std::vector<int32_t> writers_;
  // By operator: the node that does its work, where passes folded it into one before it; or -1.
  std::vector<int32_t> folded_into_;
  size_t constant_bytes_ = 0;
};

}  // namespace octolite
