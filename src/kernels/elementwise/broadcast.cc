#include "kernels/elementwise/broadcast.h"

#include <numeric>

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

RepeatedPattern FindRepeatedPattern(const BroadcastPlan& plan) {
  constexpr int64_t kLongestPeriod = 128;
  constexpr int64_t kVector = 16;
  RepeatedPattern pattern;
  pattern.plan = plan;
  if (plan.rank < 2) return pattern;
  const auto inner = static_cast<size_t>(plan.rank - 1);
  const int64_t period = plan.dims[inner];
  const int64_t total = period * plan.dims[inner - 1];
  if (period < 2 || period > kLongestPeriod || total < 2 * RepeatedPattern::kMostElements ||
      plan.a_strides[inner] != 1 || plan.b_strides[inner] != 1) {
    return pattern;
  }
  const int64_t a_stride = plan.a_strides[inner - 1];
  const int64_t b_stride = plan.b_strides[inner - 1];
  pattern.in_a = a_stride == 0 && b_stride == period;
  pattern.in_b = b_stride == 0 && a_stride == period;
  if (!pattern.in_a && !pattern.in_b) return pattern;
  // Whole vectors of the smallest elements, if possible.
  const int64_t whole = std::lcm(period, kVector);
  const int64_t unit = whole <= RepeatedPattern::kMostElements ? whole : period;
  pattern.period = period;
  pattern.width = RepeatedPattern::kMostElements / unit * unit;
  --pattern.plan.rank;
  pattern.plan.dims[inner - 1] = total;
  pattern.plan.a_strides[inner - 1] = 1;
  pattern.plan.b_strides[inner - 1] = 1;
  return pattern;
}

}  // namespace octolite
