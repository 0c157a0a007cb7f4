#pragma once

#include <memory>
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
};

// Prepares operator `op_index` of a subgraph for the inputs given and writes the shapes of the
// outputs into `outputs`. Every refusal is located at the operator.
Result<PreparedNode> PrepareNode(const Model& model, const Operator& op, int32_t op_index,
                                 const OpDef& def, const PlanOptions& options,
                                 std::span<const TensorSpec> inputs, std::span<TensorSpec> outputs);

}  // namespace octolite
