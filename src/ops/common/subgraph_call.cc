#include "ops/common/subgraph_call.h"

#include <cstring>
#include <string>

namespace octolite {

Result<int32_t> ReadSubgraph(const PrepareContext& ctx, std::string_view field) {
  return CheckSubgraph(ctx, ctx.options().Int(field, 0));
}

Result<int32_t> CheckSubgraph(const PrepareContext& ctx, int64_t index) {
  if (index < 0 || static_cast<size_t>(index) >= ctx.model().subgraphs.size()) {
    return ctx.Error(StatusCode::kInvalidModel,
                     "calls subgraph " + std::to_string(index) + ", which the model does not have");
  }
  return static_cast<int32_t>(index);
}

Status ExpectSubgraphCounts(const PrepareContext& ctx, int32_t subgraph, size_t inputs,
                            size_t outputs) {
  const Subgraph& callee = ctx.model().subgraphs[static_cast<size_t>(subgraph)];
  if (callee.inputs.size() == inputs && callee.outputs.size() == outputs) return Status::Ok();
  return ctx.Error(StatusCode::kInvalidModel,
                   "calls subgraph " + std::to_string(subgraph) + " with " +
                       std::to_string(inputs) + " inputs for " + std::to_string(outputs) +
                       " outputs, where it has " + std::to_string(callee.inputs.size()) + " and " +
                       std::to_string(callee.outputs.size()));
}

Status CopyToOutputs(EvalContext& ctx, std::span<const RuntimeTensor* const> values) {
  for (int i = 0; i < ctx.num_outputs(); ++i) {
    const RuntimeTensor& value = *values[static_cast<size_t>(i)];
    if (value.type != ctx.output_tensor(i).type) {
      return Status(StatusCode::kInvalidModel,
                    "output " + std::to_string(i) + " of the subgraph is " +
                        std::string(DataTypeName(value.type)) + " where the operator has " +
                        std::string(DataTypeName(ctx.output_tensor(i).type)));
    }
    OCTO_RETURN_IF_ERROR(ctx.AllocateOutput(i, value.shape, value.bytes));
    if (value.bytes > 0) std::memcpy(ctx.output<uint8_t>(i), value.data, value.bytes);
  }
  return Status::Ok();
}

}  // namespace octolite
