#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/op_def.h"

namespace octolite {

// So many elements that a thread is busy for longer than it takes to wake it up.
inline constexpr int64_t kElementsOfPart = 1 << 14;

// Calls part(int64_t at, size_t count) for ranges that together are the elements of an input, on
// the threads that the operator may use.
template <typename Part>
void ForElements(EvalContext& eval, int input, const Part& part) {
  eval.parallel().For(
      eval.input_tensor(input).shape.num_elements(), kElementsOfPart,
      [&](int64_t begin, int64_t end, int) { part(begin, static_cast<size_t>(end - begin)); });
}

}  // namespace octolite
