#pragma once

#include "ops/common/unary.h"

namespace octolite {

// A tensor as vectors along its last dimension.
struct Rows {
  int64_t rows = 0;
  int64_t depth = 0;
};

// Checks an operator of one input and one output of the same shape and type, with at least one
// dimension, and sets the output's shape.
inline Result<Rows> PrepareRows(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(PrepareUnaryShape(ctx));
  const Shape& shape = ctx.input(0).shape;
  if (shape.rank() < 1) {
    return ctx.InputError(0, StatusCode::kInvalidModel, "needs at least one dimension");
  }
  const int last = shape.rank() - 1;
  const bool empty = shape.num_elements() == 0;
  return Rows{empty ? 0 : shape.Product(0, last), shape[last]};
}

}  // namespace octolite
