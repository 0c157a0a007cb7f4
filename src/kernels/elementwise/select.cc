#include "kernels/elementwise/select.h"

#include "kernels/elementwise/broadcast.h"

namespace octolite {

SelectPlan MakeSelectPlan(const Shape& condition, const Shape& x, const Shape& y,
                          const Shape& output) {
  const int rank = output.rank();
  const std::array operands = {AlignedStrides(condition, rank), AlignedStrides(x, rank),
                               AlignedStrides(y, rank)};
  SelectPlan plan;
  for (int i = 0; i < rank; ++i) {
    const auto d = static_cast<size_t>(i);
    const int64_t dim = output[i];
    if (dim == 1) continue;
    // Neighbours that every operand crosses without a jump are one dimension.
    bool merges = plan.rank > 0;
    const auto last = static_cast<size_t>(merges ? plan.rank - 1 : 0);
    for (size_t k = 0; k < 3; ++k) {
      merges = merges && plan.strides[k][last] == operands[k][d] * dim;
    }
    const auto at = merges ? last : static_cast<size_t>(plan.rank++);
    plan.dims[at] = merges ? plan.dims[at] * dim : dim;
    for (size_t k = 0; k < 3; ++k) plan.strides[k][at] = operands[k][d];
  }
  return plan;
}

template <typename T>
void Select(const SelectPlan& plan, const uint8_t* condition, const T* x, const T* y, T* out) {
  if (plan.rank == 0) {
    *out = *condition != 0 ? *x : *y;
    return;
  }
  const auto inner = static_cast<size_t>(plan.rank - 1);
  int64_t rows = 1;
  for (size_t d = 0; d < inner; ++d) rows *= plan.dims[d];
  const int64_t count = plan.dims[inner];
  std::array<int64_t, 3> steps = {};
  for (size_t k = 0; k < 3; ++k) steps[k] = plan.strides[k][inner];
  std::array<int64_t, 3> at = {};
  std::array<int64_t, Shape::kMaxRank> index = {};
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < count; ++i) {
      *out++ =
          condition[at[0] + i * steps[0]] != 0 ? x[at[1] + i * steps[1]] : y[at[2] + i * steps[2]];
    }
    for (size_t d = inner; d-- > 0;) {
      const bool wraps = ++index[d] == plan.dims[d];
      const int64_t move = wraps ? 1 - plan.dims[d] : 1;
      for (size_t k = 0; k < 3; ++k) at[k] += plan.strides[k][d] * move;
      if (!wraps) break;
      index[d] = 0;
    }
  }
}

template void Select<uint8_t>(const SelectPlan&, const uint8_t*, const uint8_t*, const uint8_t*,
                              uint8_t*);
template void Select<uint16_t>(const SelectPlan&, const uint8_t*, const uint16_t*, const uint16_t*,
                               uint16_t*);
template void Select<uint32_t>(const SelectPlan&, const uint8_t*, const uint32_t*, const uint32_t*,
                               uint32_t*);
template void Select<uint64_t>(const SelectPlan&, const uint8_t*, const uint64_t*, const uint64_t*,
                               uint64_t*);

}  // namespace octolite
