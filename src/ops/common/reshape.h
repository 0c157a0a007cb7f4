#pragma once

#include "ops/common/lists.h"

namespace octolite {

// The parameters of an operator that keeps all elements in order and changes the shape alone.
struct ReshapeParams {
  Shape output;
};

// Copies input 0 to output 0 unless they are one: what these operators do when they run.
Status CopyElements(const ReshapeParams& params, EvalContext& eval);

// Checks that the output has the input's type and prepares the copy to a shape known now.
Result<std::unique_ptr<OpKernel>> PrepareReshapeTo(PrepareContext& ctx, const Shape& shape);

// Same type in and out; strings and sub-byte types too, as no element changes its place. The output
// may be a view.
Status PrepareReshapeTypes(PrepareContext& ctx);

}  // namespace octolite
