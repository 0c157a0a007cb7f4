#pragma once

#include <span>

#include "kernels/reduce/reduce_window.h"
#include "ops/op_def.h"

namespace octolite {

// What a file says of a sliding window, a number for each dimension; empty: 1 (padding: two
// numbers each, before and behind; empty: 0).
struct WindowNumbers {
  std::span<const int64_t> window;
  std::span<const int64_t> stride;
  std::span<const int64_t> window_dilation;
  std::span<const int64_t> base_dilation;
  std::span<const int64_t> padding;
};

// The reduction of input 0 with the initial value in input 1.
Result<std::unique_ptr<OpKernel>> PrepareReduceWindow(PrepareContext& ctx, ReduceKind kind,
                                                      const WindowNumbers& numbers);

}  // namespace octolite
