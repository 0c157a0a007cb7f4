#include "runtime/arena_planner.h"

#include <algorithm>
#include <numeric>

#include "base/aligned_buffer.h"

namespace octolite {
namespace {

uint64_t Align(uint64_t bytes) {
  constexpr uint64_t kMask = AlignedBuffer::kAlignment - 1;
  return (bytes + kMask) & ~kMask;
}

}  // namespace

uint64_t PlanArena(std::vector<ArenaBlock>& blocks) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return blocks[a].bytes != blocks[b].bytes ? blocks[a].bytes > blocks[b].bytes : a < b;
  });

  uint64_t arena = 0;
  std::vector<size_t> placed;  // by offset
  for (const size_t index : order) {
    ArenaBlock& block = blocks[index];
    uint64_t offset = 0;
    for (const size_t other_index : placed) {
      const ArenaBlock& other = blocks[other_index];
      if (other.last < block.first || other.first > block.last) continue;
      if (offset + block.bytes <= other.offset) break;
      offset = std::max(offset, Align(other.offset + other.bytes));
    }
    block.offset = offset;
    arena = std::max(arena, Align(offset + block.bytes));
    const auto after = std::upper_bound(
        placed.begin(), placed.end(), offset,
        [&](uint64_t value, size_t other_index) { return value < blocks[other_index].offset; });
    placed.insert(after, index);
  }
  return arena;
}

}  // namespace octolite
