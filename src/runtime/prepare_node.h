#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "model/model.h"
#include "ops/op_def.h"
#include "runtime/plan.h"

namespace octolite {

// A prepared operator and what it asked for.
struct PreparedNode {
  std::unique_ptr<OpKernel> kernel;
  size_t scratch_bytes = 0;
  // Whether each output gets its memory while running, and whether any does.
  std::vector<bool> dynamic_outputs;
  bool any_dynamic = false;
  // What the kernel allows to be done with output 0 (PrepareContext).
  uint32_t in_place_inputs = 0;
  bool output_is_view = false;
};

// What an operator takes on from its neighbours (runtime/passes).
struct NodeFolding {
  ImagePadding padding;
  std::optional<int64_t> activation;  // instead of the option "fused_activation_function"
};

// Prepares operator `op_index` of a subgraph for the inputs given and writes the shapes of the
// outputs into `outputs`. Every refusal is located at the operator.
Result<PreparedNode> PrepareNode(const Model& model, const Operator& op, int32_t op_index,
                                 const OpDef& def, const PlanOptions& options,
                                 std::span<const TensorSpec> inputs, std::span<TensorSpec> outputs,
                                 const NodeFolding& folding = {});

}  // namespace octolite
