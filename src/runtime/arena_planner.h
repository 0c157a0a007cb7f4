#pragma once

#include <cstdint>
#include <vector>

namespace octolite {

// A block of memory that is alive from node `first` to node `last`, both included.
struct ArenaBlock {
  uint64_t bytes = 0;
  int32_t first = 0;
  int32_t last = 0;
  uint64_t offset = 0;  // set by PlanArena
};

// Gives every block an offset (a multiple of AlignedBuffer::kAlignment) such that blocks alive at
// the same time do not overlap, and returns the arena's size. Greedy by size: the largest block
// first, each into the lowest gap that holds it (Pisarchyk and Lee 2020, arXiv:2001.03288).
uint64_t PlanArena(std::vector<ArenaBlock>& blocks);

}  // namespace octolite
