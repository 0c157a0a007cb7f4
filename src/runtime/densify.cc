#include "runtime/densify.h"

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace octolite {
namespace {

// One step of the traversal order.
struct Level {
  const DimensionMetadata* metadata = nullptr;
  int64_t size = 0;
  int64_t stride = 0;  // elements of the dense tensor from one index to the next
};

// Nothing when the sparsity does not fit the shape.
std::optional<std::vector<Level>> MakeLevels(const Sparsity& sparsity, const Shape& shape) {
  const auto rank = static_cast<size_t>(shape.rank());
  const size_t blocks = sparsity.block_map.size();
  const std::vector<int32_t>& order = sparsity.traversal_order;
  if (blocks > rank || order.size() != rank + blocks || sparsity.dims.size() != order.size()) {
    return std::nullopt;
  }
  // Of the dimensions, then of the blocks.
  std::vector<Level> numbered(order.size());
  int64_t stride = 1;
  for (size_t i = rank; i-- > 0;) {
    numbered[i].size = shape[static_cast<int>(i)];
    numbered[i].stride = stride;
    stride *= numbered[i].size;
  }
  const auto at = [&](int32_t number) -> Level* {
    const bool exists = number >= 0 && static_cast<size_t>(number) < numbered.size();
    return exists ? &numbered[static_cast<size_t>(number)] : nullptr;
  };
  for (size_t i = rank; i < order.size(); ++i) {
    Level* const block = at(order[i]);
    if (block == nullptr || order[i] < shape.rank()) return std::nullopt;
    const int32_t mapped = sparsity.block_map[static_cast<size_t>(order[i]) - rank];
    const int32_t size = sparsity.dims[i].dense_size;
    if (mapped < 0 || mapped >= shape.rank() || size < 1) return std::nullopt;
    Level& outer = *at(mapped);
    if (outer.size % size != 0) return std::nullopt;
    block->size = size;
    block->stride = outer.stride;
    outer.size /= size;
    outer.stride *= size;
  }
  std::vector<Level> levels;
  for (size_t i = 0; i < order.size(); ++i) {
    Level* const level = at(order[i]);
    if (level == nullptr || level->metadata != nullptr) return std::nullopt;
    level->metadata = &sparsity.dims[i];
    const bool dense = level->metadata->format == DimensionFormat::kDense;
    if (dense && level->metadata->dense_size != level->size) return std::nullopt;
    levels.push_back(*level);
  }
  return levels;
}

class Walk {
 public:
  Walk(std::vector<Level> levels, size_t element_bytes, std::span<const uint8_t> values,
       uint8_t* dense)
      : levels_(std::move(levels)), element_bytes_(element_bytes), values_(values), dense_(dense) {}

  // False where a level points outside. `position` is that of the level above among all of its
  // indices, `element` the element that the levels above have come to.
  bool Visit(size_t depth, int64_t position, int64_t element) {
    if (depth == levels_.size()) return Take(element);
    const Level& level = levels_[depth];
    if (level.metadata->format == DimensionFormat::kDense) {
      for (int64_t i = 0; i < level.size; ++i) {
        if (!Visit(depth + 1, position * level.size + i, element + i * level.stride)) return false;
      }
      return true;
    }
    const std::vector<int32_t>& segments = level.metadata->segments.values;
    const std::vector<int32_t>& indices = level.metadata->indices.values;
    if (position + 1 >= static_cast<int64_t>(segments.size())) return false;
    const auto place = static_cast<size_t>(position);
    const int32_t end = segments[place + 1];
    // Segments follow each other, so that nothing is visited twice.
    if (segments[place] < 0 || segments[place] > end || static_cast<size_t>(end) > indices.size()) {
      return false;
    }
    for (int32_t i = segments[place]; i < end; ++i) {
      const int64_t index = indices[static_cast<size_t>(i)];
      if (index < 0 || index >= level.size) return false;
      if (!Visit(depth + 1, i, element + index * level.stride)) return false;
    }
    return true;
  }

  bool AllTaken() const { return taken_ == values_.size(); }

 private:
  bool Take(int64_t element) {
    if (values_.size() - taken_ < element_bytes_) return false;
    std::memcpy(dense_ + static_cast<size_t>(element) * element_bytes_, values_.data() + taken_,
                element_bytes_);
    taken_ += element_bytes_;
    return true;
  }

  std::vector<Level> levels_;
  size_t element_bytes_;
  std::span<const uint8_t> values_;
  uint8_t* dense_;
  size_t taken_ = 0;
};

}  // namespace

Status Densify(const Sparsity& sparsity, const Shape& shape, size_t element_bytes,
               std::span<const uint8_t> values, uint8_t* dense) {
  auto levels = MakeLevels(sparsity, shape);
  if (levels) {
    Walk walk(std::move(*levels), element_bytes, values, dense);
    if (walk.Visit(0, 0, 0) && walk.AllTaken()) return Status::Ok();
  }
  return Status(StatusCode::kInvalidModel, "has a sparsity that does not describe its content");
}

}  // namespace octolite
