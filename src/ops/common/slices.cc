#include "ops/common/slices.h"

#include <string>

namespace octolite {

std::optional<SliceIndices> MakeSliceIndices(const Shape& tensor, const Shape& indices) {
  if (indices.rank() < 1) return std::nullopt;
  const int named = indices[indices.rank() - 1];
  if (named > tensor.rank()) return std::nullopt;
  SliceIndices slices;
  slices.rows = indices.Product(0, indices.rank() - 1);
  slices.slice = tensor.Product(named, tensor.rank());
  for (int i = 0; i < named; ++i) slices.indexed.Append(tensor[i]);
  return slices;
}

Result<int64_t> SliceAt(const SliceIndices& slices, const IndexReader& indices, int64_t row) {
  const int named = slices.indexed.rank();
  int64_t number = 0;
  for (int i = 0; i < named; ++i) {
    const int64_t index = indices[row * named + i];
    if (index < 0 || index >= slices.indexed[i]) {
      return Status(StatusCode::kInvalidArgument, "has index " + std::to_string(index) +
                                                      " in dimension " + std::to_string(i) +
                                                      " of " + slices.indexed.ToString());
    }
    number = number * slices.indexed[i] + index;
  }
  return number;
}

}  // namespace octolite
