#pragma once

#include <cstdint>
#include <span>

#include "base/shape.h"
#include "base/status.h"
#include "model/model.h"

namespace octolite {

// Writes the elements that a sparse constant stores to their places in `dense`: zeros, with room
// for `shape`. Levels of the traversal order are dense or compressed rows; blocks, which come last,
// divide a dimension. INVALID_MODEL when the sparsity does not describe `values` in this shape.
Status Densify(const Sparsity& sparsity, const Shape& shape, size_t element_bytes,
               std::span<const uint8_t> values, uint8_t* dense);

}  // namespace octolite
