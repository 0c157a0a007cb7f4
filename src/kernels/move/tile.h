#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/shape.h"

namespace octolite {

// Repeats a dense block along each of its dimensions.
struct TilePlan {
  struct Dimension {
    int64_t size = 1;
    int64_t multiple = 1;
  };
  std::vector<Dimension> dims;
  size_t element_bytes = 1;
};

// Multiples of 1 or more, one a dimension. Trailing dimensions that are not repeated become one
// element of more bytes.
TilePlan MakeTilePlan(const Shape& shape, std::span<const int64_t> multiples, size_t element_bytes);

// The block has elements, and `to` has room for all of its copies.
void RunTile(const TilePlan& plan, const uint8_t* from, uint8_t* to);

}  // namespace octolite
