#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ops/op_def.h"

namespace octolite {

// The subgraph that option `field` names. Errors: INVALID_MODEL when there is none.
Result<int32_t> ReadSubgraph(const PrepareContext& ctx, std::string_view field);

// The index, if the model has such a subgraph; INVALID_MODEL otherwise.
Result<int32_t> CheckSubgraph(const PrepareContext& ctx, int64_t index);

// INVALID_MODEL unless the subgraph takes and makes this many tensors.
Status ExpectSubgraphCounts(const PrepareContext& ctx, int32_t subgraph, size_t inputs,
                            size_t outputs);

// Makes the operator's outputs copies of `values`. INVALID_MODEL where the types differ.
Status CopyToOutputs(EvalContext& ctx, std::span<const RuntimeTensor* const> values);

}  // namespace octolite
