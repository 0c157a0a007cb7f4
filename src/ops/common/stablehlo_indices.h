#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ops/common/elements.h"
#include "ops/op_def.h"

namespace octolite {

// Dimensions in an option of a StableHLO operator: each in [0, rank), none twice. Nothing
// otherwise; an option that the file leaves out is an empty list.
std::optional<std::vector<int>> ReadDimensions(const PrepareContext& ctx, std::string_view field,
                                               int rank);

// The dimensions in [0, rank) that are not listed, in order.
std::vector<int> OtherDimensions(const std::vector<int>& listed, int rank);

// How STABLEHLO_GATHER and STABLEHLO_SCATTER read places in an operand: the indices along one
// dimension of their tensor are a place, and the other dimensions number the places.
class IndexVectors {
 public:
  // `operand_dims` says which dimension of the operand each number of a place is for. Nothing when
  // the index tensor's shape does not fit.
  static std::optional<IndexVectors> Make(const Shape& indices, int64_t vector_dim,
                                          const std::vector<int>& operand_dims);

  // The dimensions that number the places.
  const std::vector<int32_t>& batch() const { return batch_; }

  using Place = std::array<int64_t, Shape::kMaxRank>;
  // In the operand's dimensions, 0 where the vector has no number. `at` has an index for each
  // dimension of `batch`.
  Place Read(const IndexReader& reader, const int64_t* at) const;

 private:
  std::vector<int32_t> batch_;
  std::vector<int64_t> batch_strides_;
  int64_t vector_stride_ = 1;
  std::vector<int> operand_dims_;
};

}  // namespace octolite
