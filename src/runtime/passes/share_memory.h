#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace octolite {

// From the first to the last node that needs a tensor's memory, both included; -1: none does.
struct Lifetime {
  int32_t first = -1;
  int32_t last = -1;
};

// Pass: tensors of the arena that share memory. A view (RESHAPE and its like) lies where its input
// lies; an operator that can work in place writes over an input that nobody reads after it.
//
// Gives for every tensor the one whose memory it has, itself where it has its own, and extends the
// lifetime of that one to its sharers'. `end` is the node after the last one: what lives until then
// is seen after the run. Not shared: variables; an input of the subgraph with what is seen after
// the run, as the caller may set the one and read the other; and, where `observed`, an input that
// would be written over, as it is read when its operator has run.
std::vector<int32_t> ShareMemory(std::span<const PlanNode> nodes,
                                 std::span<const PlanTensor> tensors,
                                 std::span<const int32_t> inputs, int32_t end, bool observed,
                                 std::vector<Lifetime>& lifetimes);

}  // namespace octolite
