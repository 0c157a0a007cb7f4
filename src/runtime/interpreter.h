#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/progress.h"
#include "base/status.h"
#include "ops/op_def.h"
#include "runtime/plan.h"
#include "runtime/prepare_node.h"

namespace octolite {

// Runs a plan. Holds the activations of one run; several interpreters may share a plan, each used
// by one thread at a time.
class Interpreter final : private EvalContext::Host {
 public:
  // Told after each operator, when its inputs and outputs are there to be read. Memory of tensors
  // that no later operator reads is reused, so look now or compile with keep_all_tensors. A
  // refusal ends the run with that status.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual Status OnNode(const Interpreter& interpreter, const PlanNode& node) = 0;
    // Before a subgraph runs that an operator calls, its inputs being set: who is to be told of its
    // operators. Nobody by default.
    virtual Observer* OnCall(const Interpreter& /*callee*/) { return nullptr; }
  };

  // What a run has in common with the subgraphs that it calls.
  struct Shared;
  static std::shared_ptr<Shared> NewShared();

  // Errors: OUT_OF_MEMORY. Inputs start as zeros.
  static Result<std::unique_ptr<Interpreter>> Create(std::shared_ptr<const Plan> plan);
  // For several subgraphs of one model, as signatures name them: interpreters that share resources
  // (variables, tables, what CALL_ONCE ran) and the memory limit. Not two at the same time.
  static Result<std::unique_ptr<Interpreter>> Create(std::shared_ptr<const Plan> plan,
                                                     std::shared_ptr<Shared> shared);
  ~Interpreter() override;

  const Plan& plan() const { return *plan_; }
  int num_inputs() const { return static_cast<int>(plan_->subgraph().inputs.size()); }
  int num_outputs() const { return static_cast<int>(plan_->subgraph().outputs.size()); }
  RuntimeTensor& input(int i);
  // Shape and content are those of the last run; an output whose shape depends on data has none
  // before the first.
  const RuntimeTensor& output(int i) const;
  // Any tensor of the subgraph; data is null where it has no memory.
  const RuntimeTensor& tensor(int32_t index) const { return tensors_[static_cast<size_t>(index)]; }

  // Copies exactly the input's bytes; for strings, TFLite's packing of them (ops/common/strings.h).
  // Errors: SHAPE_MISMATCH.
  Status SetInput(int i, std::span<const uint8_t> bytes);

  // `cancel` is asked before every operator. Errors: CANCELLED, and what operators refuse.
  Status Invoke(Observer* observer = nullptr, CancelToken* cancel = nullptr);

  // Back to how it was made: variables zero, resources and generators as at the start.
  void ResetState();

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
  };
  struct NodeState {
    std::vector<RuntimeTensor*> inputs;  // null: an optional input that is not given
    std::vector<RuntimeTensor*> outputs;
    std::unique_ptr<OpState> state;
    std::unique_ptr<LateNode> late;
    AlignedBuffer late_scratch;
  };
  // Another subgraph that an operator calls, ready for the shapes of last time.
  struct Callee {
    std::vector<Shape> input_shapes;
    std::unique_ptr<Interpreter> interpreter;
    std::vector<const RuntimeTensor*> outputs;
  };

  Interpreter(std::shared_ptr<const Plan> plan, std::shared_ptr<Shared> shared)
      : plan_(std::move(plan)), shared_(std::move(shared)) {}
  Status Initialize();
  // ResetState, but for the resources, which subgraphs share.
  void ResetNodes();
  // Makes a buffer of this interpreter at least so large, contents undefined, within the limit.
  Status Reserve(AlignedBuffer& buffer, size_t bytes);
  Status RunNode(size_t index);
  // Prepares a node for the shapes that its inputs have now and gives its outputs memory.
  Status PrepareLate(size_t index);
  // The subgraph, ready for inputs of these shapes.
  Result<Callee*> ReadyCallee(int32_t subgraph, std::span<const RuntimeTensor* const> inputs);

  Status Allocate(RuntimeTensor& tensor, const Shape& shape, std::optional<size_t> bytes) override;
  Result<std::span<const RuntimeTensor* const>> CallSubgraph(
      int32_t subgraph, std::span<const RuntimeTensor* const> inputs) override;
  ResourceStore& resources() override;
  bool cancelled() const override;

  std::shared_ptr<const Plan> plan_;
  std::shared_ptr<Shared> shared_;
  std::map<int32_t, Callee> callees_;
  AlignedBuffer arena_;
  std::vector<RuntimeTensor> tensors_;
  std::vector<NodeState> nodes_;
  // Memory of tensors that the run itself allocates, by tensor; empty for all others.
  std::vector<AlignedBuffer> dynamic_;
  std::vector<double> node_milliseconds_;
};

}  // namespace octolite
