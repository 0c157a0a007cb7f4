#pragma once

#include "kernels/move/copy.h"
#include "ops/common/lists.h"

namespace octolite {

struct PadParams {
  Shape output;
  CopyPlan copy;
};

// The output and the place of the input in it, from pairs (before, after), one a dimension.
Result<PadParams> MakePadParams(const Shape& input, const IntList& paddings, size_t element_bytes);

// Checks the types of PAD and PADV2 and gives the size of an element.
Result<size_t> PreparePadTypes(PrepareContext& ctx);

// Real zero in the output's quantization: one element, at the beginning of the number.
Result<uint64_t> PadZero(PrepareContext& ctx);

// Fills output 0 with `value` (one element) and copies input 0 into its place.
void RunPad(const PadParams& params, const uint8_t* value, size_t element_bytes, EvalContext& eval);

}  // namespace octolite
