#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/status.h"
#include "ops/op_def.h"
#include "runtime/plan.h"
#include "runtime/prepare_node.h"

namespace octolite {

// Runs a plan. Holds the activations of one run; several interpreters may share a plan, each used
// by one thread at a time.
class Interpreter final : private EvalContext::OutputAllocator {
 public:
  // Told after each operator, when its inputs and outputs are there to be read. Memory of tensors
  // that no later operator reads is reused, so look now or compile with keep_all_tensors. A
  // refusal ends the run with that status.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual Status OnNode(const Interpreter& interpreter, const PlanNode& node) = 0;
  };

  // Errors: OUT_OF_MEMORY. Inputs start as zeros.
  static Result<std::unique_ptr<Interpreter>> Create(std::shared_ptr<const Plan> plan);

  const Plan& plan() const { return *plan_; }
  int num_inputs() const { return static_cast<int>(plan_->subgraph().inputs.size()); }
  int num_outputs() const { return static_cast<int>(plan_->subgraph().outputs.size()); }
  RuntimeTensor& input(int i);
  // Shape and content are those of the last run; an output whose shape depends on data has none
  // before the first.
  const RuntimeTensor& output(int i) const;
  // Any tensor of the subgraph; data is null where it has no memory.
  const RuntimeTensor& tensor(int32_t index) const { return tensors_[static_cast<size_t>(index)]; }

  // Copies exactly the input's bytes. Errors: SHAPE_MISMATCH.
  Status SetInput(int i, std::span<const uint8_t> bytes);

  Status Invoke(Observer* observer = nullptr);

  // Sums the time of each node over the runs that follow, or stops doing so.
  void set_profiling(bool on);
  // Milliseconds, by node of the plan; empty when not profiling.
  std::span<const double> node_milliseconds() const { return node_milliseconds_; }

 private:
  // A node whose input shapes are known only while running, as prepared for those of last time.
  struct LateNode {
    std::vector<TensorSpec> inputs;
    std::vector<TensorSpec> outputs;
    PreparedNode prepared;
    AlignedBuffer scratch;
  };
  struct NodeState {
    std::vector<RuntimeTensor*> inputs;  // null: an optional input that is not given
    std::vector<RuntimeTensor*> outputs;
    std::unique_ptr<LateNode> late;
  };

  explicit Interpreter(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}
  Status Initialize();
  Status RunNode(size_t index);
  // Prepares a node for the shapes that its inputs have now and gives its outputs memory.
  Status PrepareLate(size_t index);
  Status Allocate(RuntimeTensor& tensor, const Shape& shape) override;

  std::shared_ptr<const Plan> plan_;
  AlignedBuffer arena_;
  std::vector<RuntimeTensor> tensors_;
  std::vector<NodeState> nodes_;
  // Memory of tensors that the run itself allocates, by tensor; empty for all others.
  std::vector<AlignedBuffer> dynamic_;
  std::vector<double> node_milliseconds_;
};

}  // namespace octolite
