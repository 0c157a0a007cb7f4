#include "runtime/arena_planner.h"

#include <gtest/gtest.h>

#include "base/aligned_buffer.h"
#include "base/rng.h"

namespace octolite {
namespace {

TEST(PlanArena, ReusesMemoryOfTheDead) {
  // A chain: each block is alive for two steps, so two of them are alive at once.
  std::vector<ArenaBlock> blocks;
  for (int32_t i = 0; i < 10; ++i) blocks.push_back({640, i, i + 1});
  EXPECT_EQ(PlanArena(blocks), 1280u);
}

TEST(PlanArena, EmptyBlocksTakeNoMemory) {
  std::vector<ArenaBlock> blocks = {{0, 0, 1}, {64, 0, 1}, {0, 0, 5}};
  EXPECT_EQ(PlanArena(blocks), 64u);
  std::vector<ArenaBlock> none;
  EXPECT_EQ(PlanArena(none), 0u);
}

TEST(PlanArena, WhatIsAliveAtTheFullestNodeGoesFirstWhereThatNeedsLess) {
  // In units of 64 bytes: 10 are alive at node 2, and 12 are needed with the largest first.
  std::vector<ArenaBlock> blocks = {{320, 0, 1}, {256, 1, 2}, {192, 2, 3}, {192, 2, 2}};
  EXPECT_EQ(PlanArena(blocks), 640u);
}

TEST(PlanArena, BlocksAliveTogetherNeverOverlap) {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<ArenaBlock> blocks;
    uint64_t sum = 0;
    for (int64_t n = rng.Integer(1, 40); n > 0; --n) {
      const auto first = static_cast<int32_t>(rng.Integer(0, 30));
      blocks.push_back({static_cast<uint64_t>(rng.Integer(0, 5000)), first,
                        first + static_cast<int32_t>(rng.Integer(0, 8))});
      sum += blocks.back().bytes + AlignedBuffer::kAlignment;
    }
    const uint64_t arena = PlanArena(blocks);
    EXPECT_LE(arena, sum);
    for (size_t a = 0; a < blocks.size(); ++a) {
      EXPECT_EQ(blocks[a].offset % AlignedBuffer::kAlignment, 0u);
      EXPECT_LE(blocks[a].offset + blocks[a].bytes, arena);
      for (size_t b = 0; b < a; ++b) {
        const bool together =
            blocks[a].first <= blocks[b].last && blocks[b].first <= blocks[a].last;
        const bool overlap = blocks[a].offset < blocks[b].offset + blocks[b].bytes &&
                             blocks[b].offset < blocks[a].offset + blocks[a].bytes;
        ASSERT_FALSE(together && overlap && blocks[a].bytes > 0 && blocks[b].bytes > 0);
      }
    }
  }
}

}  // namespace
}  // namespace octolite
