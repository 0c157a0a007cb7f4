#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/shape.h"

namespace octolite {

// The stride, in elements, of every output dimension in a dense operand whose shape is aligned with
// the output's at the end; 0 where the operand is repeated.
std::array<int64_t, Shape::kMaxRank> AlignedStrides(const Shape& operand, int output_rank);

// Two operands broadcast to an output, as the fewest loops that walk them: dimensions of size 1
// dropped, neighbours that both operands cross without a jump merged. Strides are in elements, 0
// where an operand is repeated. The output is dense in row order.
struct BroadcastPlan {
  int rank = 0;  // 0 to 8; the last dimension is the innermost
  std::array<int64_t, Shape::kMaxRank> dims = {};
  std::array<int64_t, Shape::kMaxRank> a_strides = {};
  std::array<int64_t, Shape::kMaxRank> b_strides = {};
};

// Shapes are aligned at their last dimensions; each dimension of `a` and `b` is 1 or the output's.
BroadcastPlan MakeBroadcastPlan(const Shape& a, const Shape& b, const Shape& output);

// Calls row(a_offset, a_step, b_offset, b_step, output_offset, count) for every innermost run, in
// the output's order; steps are 0 or 1 when the operands are dense.
template <typename Row>
void ForEachRow(const BroadcastPlan& plan, Row row) {
  if (plan.rank == 0) {
    row(int64_t{0}, int64_t{0}, int64_t{0}, int64_t{0}, int64_t{0}, int64_t{1});
    return;
  }
  const auto inner = static_cast<size_t>(plan.rank - 1);
  const int64_t count = plan.dims[inner];
  std::array<int64_t, Shape::kMaxRank> index = {};
  int64_t a = 0, b = 0, output = 0;
  for (size_t i = 0; i < inner; ++i) {
    if (plan.dims[i] == 0) return;
  }
  if (count == 0) return;
  while (true) {
    row(a, plan.a_strides[inner], b, plan.b_strides[inner], output, count);
    output += count;
    size_t d = inner;
    while (d-- > 0) {
      a += plan.a_strides[d];
      b += plan.b_strides[d];
      if (++index[d] < plan.dims[d]) break;
      a -= plan.a_strides[d] * plan.dims[d];
      b -= plan.b_strides[d] * plan.dims[d];
      index[d] = 0;
    }
    if (d == SIZE_MAX) return;
  }
}

// Which operand of a plan is a short pattern that the innermost runs of the other one repeat: the
// numbers of the channels against all pixels, for instance.
struct RepeatedPattern {
  static constexpr int64_t kMostElements = 512;

  bool in_a = false;
  bool in_b = false;
  int64_t period = 0;
  int64_t width = 0;   // elements of as many repetitions as are written out
  BroadcastPlan plan;  // with the repetitions as one run
};
RepeatedPattern FindRepeatedPattern(const BroadcastPlan& plan);

namespace internal {
template <typename T>
const T* WriteOut(const RepeatedPattern& pattern, const T* from, T* to) {
  for (int64_t i = 0; i < pattern.width; i += pattern.period) {
    std::copy_n(from, pattern.period, to + i);
  }
  return to;
}
}  // namespace internal

// Calls run(a, a_steps, b, b_steps, output_offset, count) for runs of the output, in its order; an
// operand that does not step is one element. Short patterns are written out, so that runs are long.
template <typename A, typename B, typename Run>
void ForEachLongRow(const BroadcastPlan& plan, const A* a, const B* b, Run run) {
  const RepeatedPattern pattern = FindRepeatedPattern(plan);
  A written_a[RepeatedPattern::kMostElements];
  B written_b[RepeatedPattern::kMostElements];
  ForEachRow(pattern.plan, [&](int64_t a_offset, int64_t a_step, int64_t b_offset, int64_t b_step,
                               int64_t out_offset, int64_t count) {
    const A* pa = a + a_offset;
    const B* pb = b + b_offset;
    if (pattern.in_a) pa = internal::WriteOut(pattern, pa, written_a);
    if (pattern.in_b) pb = internal::WriteOut(pattern, pb, written_b);
    const int64_t width = pattern.width == 0 ? count : pattern.width;
    for (int64_t done = 0; done < count; done += width) {
      run(pa, a_step != 0, pb, b_step != 0, out_offset + done, std::min(width, count - done));
      if (!pattern.in_a) pa += width;
      if (!pattern.in_b) pb += width;
    }
  });
}

// out[i] = f(a[i], b[i]) with broadcasting; the compiler makes vectors of the three inner loops.
template <typename A, typename B, typename Out, typename F>
void MapBroadcast(const BroadcastPlan& plan, const A* a, const B* b, Out* out, F f) {
  ForEachLongRow(
      plan, a, b,
      [=](const A* pa, bool a_steps, const B* pb, bool b_steps, int64_t out_offset, int64_t count) {
        Out* po = out + out_offset;
        if (a_steps && b_steps) {
          for (int64_t i = 0; i < count; ++i) po[i] = f(pa[i], pb[i]);
        } else if (!b_steps) {
          const B value = *pb;
          for (int64_t i = 0; i < count; ++i) po[i] = f(pa[i], value);
        } else {
          const A value = *pa;
          for (int64_t i = 0; i < count; ++i) po[i] = f(value, pb[i]);
        }
      });
}

}  // namespace octolite
