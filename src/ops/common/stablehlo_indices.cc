#include "ops/common/stablehlo_indices.h"

#include <algorithm>

namespace octolite {

std::optional<std::vector<int>> ReadDimensions(const PrepareContext& ctx, std::string_view field,
                                               int rank) {
  std::vector<int> dims;
  const std::vector<int64_t>* const listed = ctx.options().Ints(field);
  if (listed == nullptr) return dims;
  for (const int64_t dim : *listed) {
    if (dim < 0 || dim >= rank) return std::nullopt;
    const int narrow = static_cast<int>(dim);
    if (std::ranges::find(dims, narrow) != dims.end()) return std::nullopt;
    dims.push_back(narrow);
  }
  return dims;
}

std::vector<int> OtherDimensions(const std::vector<int>& listed, int rank) {
  std::vector<int> others;
  for (int i = 0; i < rank; ++i) {
    if (std::ranges::find(listed, i) == listed.end()) others.push_back(i);
  }
  return others;
}

std::optional<IndexVectors> IndexVectors::Make(const Shape& indices, int64_t vector_dim,
                                               const std::vector<int>& operand_dims) {
  if (vector_dim < 0 || vector_dim > indices.rank()) return std::nullopt;
  // One behind the last dimension: each element is a vector of one number.
  const int64_t length = vector_dim == indices.rank() ? 1 : indices[static_cast<int>(vector_dim)];
  if (length != static_cast<int64_t>(operand_dims.size())) return std::nullopt;
  IndexVectors vectors;
  vectors.operand_dims_ = operand_dims;
  const Strides strides = DenseStrides(indices, 1);
  for (int i = 0; i < indices.rank(); ++i) {
    if (i == vector_dim) {
      vectors.vector_stride_ = strides[static_cast<size_t>(i)];
      continue;
    }
    vectors.batch_.push_back(indices[i]);
    vectors.batch_strides_.push_back(strides[static_cast<size_t>(i)]);
  }
  return vectors;
}

IndexVectors::Place IndexVectors::Read(const IndexReader& reader, const int64_t* at) const {
  int64_t offset = 0;
  for (size_t i = 0; i < batch_.size(); ++i) offset += at[i] * batch_strides_[i];
  Place place = {};
  for (size_t i = 0; i < operand_dims_.size(); ++i) {
    place[static_cast<size_t>(operand_dims_[i])] =
        reader[offset + static_cast<int64_t>(i) * vector_stride_];
  }
  return place;
}

}  // namespace octolite
