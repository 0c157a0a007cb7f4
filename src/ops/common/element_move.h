#pragma once

#include "kernels/move/copy.h"
#include "ops/common/elements.h"
#include "ops/common/lists.h"

namespace octolite {

// Where every element of an output comes from, as one strided copy.
struct ElementMove {
  Shape output;
  CopyPlan copy;
};

// Prepares an operator that copies elements of input 0 as the numbers in input 1 say:
// `make(input shape, numbers, bytes of an element)` returns Result<ElementMove>.
template <typename Make>
Result<std::unique_ptr<OpKernel>> PrepareElementMove(PrepareContext& ctx, Make make) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(0), ctx.output(0)));
  OCTO_ASSIGN_OR_RETURN(const size_t bytes, MovedBytes(ctx, ctx.input(0)));
  return PrepareWithLists(
      ctx, 0, {1},
      [=](const Shape& input, std::span<const IntList> lists) {
        return make(input, lists[0], bytes);
      },
      [](const ElementMove& move, EvalContext& eval) {
        return MoveElements(eval, 0, 0, move.output, move.copy);
      });
}

}  // namespace octolite
