#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/checked_math.h"
#include "ops/common/recurrent.h"
#include "ops/common/weighted.h"
#include "ops/op_def.h"

// What the two bidirectional operators have in common: a cell that walks forward and one that walks
// backward over the same steps, into an output each or (option merge_outputs) side by side into
// one. An auxiliary input, of the input's batch and time, is a second input of both cells where
// there are auxiliary weights; without them it is the backward cell's only input.

namespace octolite {

struct Bidirectional {
  RecurrentSequence forward;
  RecurrentSequence backward;
  bool merged = false;
  // The input of the backward cell, and the auxiliary input of both cells, or -1.
  int backward_input = 0;
  int auxiliary = -1;
};

// Reads the sequence, checks the auxiliary input and the number of outputs.
inline Result<Bidirectional> ReadBidirectional(const PrepareContext& ctx, int auxiliary_input,
                                               int auxiliary_weights, bool default_time_major) {
  Bidirectional both;
  OCTO_ASSIGN_OR_RETURN(both.forward, ReadSequence(ctx, true, default_time_major));
  both.merged = ctx.options().Bool("merge_outputs", false);
  if (ctx.num_outputs() != (both.merged ? 1 : 2)) {
    return ctx.Error(StatusCode::kInvalidModel, "has " + std::to_string(ctx.num_outputs()) +
                                                    " outputs where it makes " +
                                                    (both.merged ? "1" : "2"));
  }
  both.backward = both.forward;
  both.backward.backward = true;
  if (!ctx.has_input(auxiliary_input)) return both;
  const bool is_second = ctx.has_input(auxiliary_weights);
  const TensorSpec& x = ctx.input(0);
  const TensorSpec& auxiliary = ctx.input(auxiliary_input);
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(x, auxiliary));
  const Shape& shape = auxiliary.shape;
  if (shape.rank() != 3 || shape.dim(0) != x.shape.dim(0) || shape.dim(1) != x.shape.dim(1) ||
      (!is_second && shape.dim(2) != x.shape.dim(2))) {
    return ctx.InputError(
        auxiliary_input, StatusCode::kInvalidModel,
        "has shape " + shape.ToString() + " beside an input of shape " + x.shape.ToString());
  }
  (is_second ? both.auxiliary : both.backward_input) = auxiliary_input;
  return both;
}

// The widths of the two cells' outputs: shapes of the outputs, and where each cell writes.
inline Status SetBidirectionalOutputs(PrepareContext& ctx, int32_t forward, int32_t backward,
                                      Bidirectional& both) {
  if (!both.merged) {
    both.forward.output_width = forward;
    both.backward.output_width = backward;
    OCTO_RETURN_IF_ERROR(SetSequenceOutput(ctx, 0, forward));
    return SetSequenceOutput(ctx, 1, backward);
  }
  const std::optional<int32_t> width = CheckedAdd(forward, backward);
  if (!width) {
    return ctx.OutputError(0, StatusCode::kShapeMismatch,
                           "would have more elements than a tensor can");
  }
  both.forward.output_width = *width;
  both.backward.output_width = *width;
  both.backward.output_offset = forward;
  return SetSequenceOutput(ctx, 0, *width);
}

}  // namespace octolite
