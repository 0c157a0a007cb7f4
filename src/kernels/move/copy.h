#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/shape.h"

namespace octolite {

// Every operator that only moves elements is a block of elements, read with one set of strides and
// written with another: slices, transposes, concatenations, paddings. Strides and offsets are in
// bytes and may be negative.
struct CopyPlan {
  int rank = 0;
  size_t element_bytes = 1;
  std::array<int64_t, Shape::kMaxRank> dims = {};
  std::array<int64_t, Shape::kMaxRank> from_strides = {};
  std::array<int64_t, Shape::kMaxRank> to_strides = {};
  int64_t from_offset = 0;
  int64_t to_offset = 0;
};

using Strides = std::array<int64_t, Shape::kMaxRank>;

// Bytes from one index to the next, in each dimension of a dense tensor.
Strides DenseStrides(const Shape& shape, size_t element_bytes);

// A plan with as few dimensions as possible: those of size 1 dropped, neighbours merged. Runs that
// are dense on both sides become one element of more bytes, copied as a whole.
CopyPlan MakeCopyPlan(const Shape& block, size_t element_bytes, const Strides& from,
                      const Strides& to, int64_t from_offset = 0, int64_t to_offset = 0);

// `from` and `to` do not overlap.
void RunCopy(const CopyPlan& plan, const uint8_t* from, uint8_t* to);

// Writes `count` elements, each the `element_bytes` at `value`.
void FillElements(uint8_t* to, size_t count, const uint8_t* value, size_t element_bytes);

}  // namespace octolite
