#include "kernels/elementwise/broadcast.h"

namespace octolite {

std::array<int64_t, Shape::kMaxRank> AlignedStrides(const Shape& operand, int output_rank) {
  std::array<int64_t, Shape::kMaxRank> strides = {};
  int64_t stride = 1;
  for (int i = operand.rank() - 1; i >= 0; --i) {
    const int64_t at = int64_t{output_rank} - operand.rank() + i;
    strides[static_cast<size_t>(at)] = operand[i] == 1 ? 0 : stride;
    stride *= operand[i];
  }
  return strides;
}

BroadcastPlan MakeBroadcastPlan(const Shape& a, const Shape& b, const Shape& output) {
  const auto a_strides = AlignedStrides(a, output.rank());
  const auto b_strides = AlignedStrides(b, output.rank());
  BroadcastPlan plan;
  for (int i = 0; i < output.rank(); ++i) {
    const auto d = static_cast<size_t>(i);
    const int64_t dim = output[i];
    if (dim == 1) continue;
    if (plan.rank > 0) {
      const auto last = static_cast<size_t>(plan.rank - 1);
      if (plan.a_strides[last] == a_strides[d] * dim &&
          plan.b_strides[last] == b_strides[d] * dim) {
        plan.dims[last] *= dim;
        plan.a_strides[last] = a_strides[d];
        plan.b_strides[last] = b_strides[d];
        continue;
      }
    }
    const auto next = static_cast<size_t>(plan.rank++);
    plan.dims[next] = dim;
    plan.a_strides[next] = a_strides[d];
    plan.b_strides[next] = b_strides[d];
  }
  return plan;
}

}  // namespace octolite
