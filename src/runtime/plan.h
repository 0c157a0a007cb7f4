#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/model.h"
#include "ops/op_def.h"

namespace octolite {

// What wasm32 can address with room to spare.
inline constexpr size_t kDefaultMemoryLimit = size_t{1} << 31;

struct PlanOptions {
  int32_t subgraph = 0;
  Arithmetic arithmetic = Arithmetic::kLitert;
  // Shapes for the subgraph's inputs, by position, instead of the model's; a shorter list or an
  // empty entry leaves the model's. Free dimensions (-1 in shape_signature) default to what
  // Tensor::shape says, which is 1 in practice.
  std::vector<std::optional<Shape>> input_shapes;
  // Every tensor keeps memory of its own, so that all can be read after a run.
  bool keep_all_tensors = false;
  // For an Interpreter::Observer that is to see every operator of the model and what it read and
  // made. keep_all_tensors does the same. Without either, operators may be folded into others, and
  // tensors between them are not made (runtime/passes).
  bool observed = false;
  // Custom operators of the caller, tried before the library's own. Not owned: they outlive the
  // plan.
  std::vector<const OpDef*> custom_ops;
  // Bytes. Bounds the constants that the plan makes, its arena, any one tensor, and, while running,
  // all tensors of the interpreter and of the subgraphs it calls together: refused before it is
  // allocated.
  size_t memory_limit = kDefaultMemoryLimit;
  // What operators share their work among; the pool outlives the plan and its interpreters. Results
  // are the same for any number of threads.
  Parallel parallel;
};

// How a tensor gets its memory when the plan runs.
enum class TensorPlace : uint8_t {
  kUnused,
  kConstant,  // in the model or folded by the plan
  kArena,     // at an offset of the interpreter's arena
  kDynamic,   // allocated while running: its size depends on data
};

struct PlanTensor {
  TensorSpec spec;
  TensorPlace place = TensorPlace::kUnused;
  size_t bytes = 0;
  size_t arena_offset = 0;
};

struct PlanNode {
  int32_t op_index = 0;
  const OpDef* def = nullptr;
  std::vector<int32_t> inputs;  // tensor indices of the subgraph
  std::vector<int32_t> outputs;
  // Null: an input's shape depends on data, and the interpreter prepares the node when it gets
  // there.
  std::unique_ptr<OpKernel> kernel;
  size_t scratch_bytes = 0;
  size_t scratch_offset = 0;  // in the arena
  // What the kernel allows to be done with output 0 (PrepareContext).
  uint32_t in_place_inputs = 0;
  bool output_is_view = false;
};

// A subgraph made ready to run for certain input shapes: operators bound to kernels, weights
// packed, constants folded, memory laid out. Immutable and shareable between interpreters.
class Plan {
 public:
  // Errors: UNSUPPORTED_OPERATOR naming every operator that cannot run, at once; INVALID_MODEL for
  // an operator whose inputs do not fit it; SHAPE_MISMATCH for input shapes that do not;
  // OUT_OF_MEMORY before anything large is allocated.
  static Result<std::shared_ptr<const Plan>> Compile(std::shared_ptr<const Model> model,
                                                     const PlanOptions& options);

  const Model& model() const { return *model_; }
  const std::shared_ptr<const Model>& shared_model() const { return model_; }
  const Subgraph& subgraph() const {
    return model_->subgraphs[static_cast<size_t>(options_.subgraph)];
  }
  const PlanOptions& options() const { return options_; }
  std::span<const PlanTensor> tensors() const { return tensors_; }
  std::span<const PlanNode> nodes() const { return nodes_; }

  // Bytes of the arena that each interpreter allocates: the peak of activations and scratch.
  size_t arena_bytes() const { return arena_bytes_; }
  // Bytes held by the plan itself: packed weights, folded and realigned constants.
  size_t owned_bytes() const { return owned_bytes_; }
  // Sum over the operators; those with data-dependent shapes count nothing.
  int64_t multiply_adds() const { return multiply_adds_; }

 private:
  friend class PlanCompiler;
  Plan() = default;

  std::shared_ptr<const Model> model_;
  PlanOptions options_;
  std::vector<PlanTensor> tensors_;
  std::vector<PlanNode> nodes_;
  std::vector<AlignedBuffer> constants_;
  size_t arena_bytes_ = 0;
  size_t owned_bytes_ = 0;
  int64_t multiply_adds_ = 0;
};

}  // namespace octolite
