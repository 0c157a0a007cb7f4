#include "base/shape.h"

#include <limits>

namespace octolite {

std::optional<Shape> Shape::Make(std::span<const int32_t> dims) {
  if (dims.size() > kMaxRank) return std::nullopt;
  Shape shape;
  int64_t product = 1;
  for (const int32_t dim : dims) {
    if (dim < 0) return std::nullopt;
    shape.Append(dim);
    // A zero does not hide an overflow of the others: strides are products of them.
    if (dim != 0) product *= dim;
    if (product > std::numeric_limits<int32_t>::max()) return std::nullopt;
  }
  return shape;
}

std::string Shape::ToString() const {
  std::string text = "[";
  for (int i = 0; i < rank_; ++i) {
    if (i > 0) text += ",";
    text += std::to_string(dim(i));
  }
  return text + "]";
}

}  // namespace octolite
