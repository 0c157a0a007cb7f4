#pragma once

#include <optional>

#include "ops/common/elements.h"
#include "ops/op_def.h"

namespace octolite {

// How GATHER_ND and SCATTER_ND name parts of a tensor: each row of the indices is a place in the
// tensor's first dimensions, and stands for the slice that lies there.
struct SliceIndices {
  int64_t rows = 1;
  int64_t slice = 1;  // elements of one
  Shape indexed;      // the dimensions that a row names
};

// Nothing when indices of this shape cannot name slices of `tensor`.
std::optional<SliceIndices> MakeSliceIndices(const Shape& tensor, const Shape& indices);

// The number of the slice that row `row` names; INVALID_ARGUMENT outside the tensor.
Result<int64_t> SliceAt(const SliceIndices& slices, const IndexReader& indices, int64_t row);

}  // namespace octolite
