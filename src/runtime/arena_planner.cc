#include "runtime/arena_planner.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "base/aligned_buffer.h"

namespace octolite {
namespace {

uint64_t Align(uint64_t bytes) {
  constexpr uint64_t kMask = AlignedBuffer::kAlignment - 1;
  return (bytes + kMask) & ~kMask;
}

// Places the blocks in this order, each into the lowest gap that holds it; returns the arena's
// size.
uint64_t Place(std::span<const size_t> order, std::vector<ArenaBlock>& blocks) {
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

// Bytes alive at each node that a block is alive at.
std::vector<uint64_t> BytesAlive(const std::vector<ArenaBlock>& blocks) {
  int32_t nodes = 0;
  for (const ArenaBlock& block : blocks) nodes = std::max(nodes, block.last + 1);
  // What is born at a node less what died before it, then summed up.
  std::vector<int64_t> changes(static_cast<size_t>(nodes) + 1);
  for (const ArenaBlock& block : blocks) {
    const auto bytes = static_cast<int64_t>(Align(block.bytes));
    changes[static_cast<size_t>(block.first)] += bytes;
    changes[static_cast<size_t>(block.last) + 1] -= bytes;
  }
  std::vector<uint64_t> alive(changes.size());
  int64_t sum = 0;
  for (size_t i = 0; i < changes.size(); ++i) alive[i] = static_cast<uint64_t>(sum += changes[i]);
  return alive;
}

}  // namespace

uint64_t PlanArena(std::vector<ArenaBlock>& blocks) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto sort = [&](const auto& key) {
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      const auto key_a = key(blocks[a]);
      const auto key_b = key(blocks[b]);
      return key_a != key_b ? key_a > key_b : a < b;
    });
  };
  sort([](const ArenaBlock& block) { return block.bytes; });
  const uint64_t by_size = Place(order, blocks);
  const std::vector<uint64_t> alive = BytesAlive(blocks);
  if (alive.empty() || by_size == *std::max_element(alive.begin(), alive.end())) return by_size;

  // The fullest node that a block is alive at.
  std::vector<ArenaBlock> other = blocks;
  const auto fullest = [&](const ArenaBlock& block) {
    return *std::max_element(alive.begin() + block.first, alive.begin() + block.last + 1);
  };
  sort([&](const ArenaBlock& block) { return std::pair(fullest(block), block.bytes); });
  const uint64_t by_breadth = Place(order, other);
  if (by_breadth >= by_size) return by_size;
  blocks = std::move(other);
  return by_breadth;
}

}  // namespace octolite
