#include "kernels/move/mirror.h"

#include <cstring>

#include "kernels/move/copy.h"

namespace octolite {
namespace {

class Mirror {
 public:
  explicit Mirror(const MirrorPlan& plan)
      : plan_(plan),
        from_(DenseStrides(plan.input, plan.element_bytes)),
        to_(DenseStrides(plan.output, plan.element_bytes)) {
    // Last dimensions that stay as they are move as one element.
    while (rank_ > 0 && plan.input[rank_ - 1] == plan.output[rank_ - 1]) {
      element_bytes_ *= static_cast<size_t>(plan.input[--rank_]);
    }
  }

  // Fills the part of the output that a prefix of indices names: first what lies inside the input,
  // then the sides as copies of that.
  void Fill(int d, const uint8_t* from, uint8_t* to) const {
    if (d == rank_) {
      std::memcpy(to, from, element_bytes_);
      return;
    }
    const auto i = static_cast<size_t>(d);
    const int64_t size = plan_.input[d];
    const int64_t step = to_[i];
    const int64_t before = plan_.before[i];
    const int64_t after = plan_.output[d] - before - size;
    uint8_t* const inside = to + before * step;
    if (d + 1 == rank_) {
      std::memcpy(inside, from, static_cast<size_t>(size * step));
    } else {
      for (int64_t n = 0; n < size; ++n) Fill(d + 1, from + n * from_[i], inside + n * step);
    }
    const auto bytes = static_cast<size_t>(step);
    for (int64_t n = 0; n < before; ++n) {
      std::memcpy(inside - (n + 1) * step, inside + (n + plan_.border) * step, bytes);
    }
    uint8_t* const last = inside + (size - 1) * step;
    for (int64_t n = 0; n < after; ++n) {
      std::memcpy(last + (n + 1) * step, last - (n + plan_.border) * step, bytes);
    }
  }

 private:
  const MirrorPlan& plan_;
  int rank_ = plan_.input.rank();
  size_t element_bytes_ = plan_.element_bytes;
  Strides from_;
  Strides to_;
};

}  // namespace

void RunMirror(const MirrorPlan& plan, const uint8_t* from, uint8_t* to) {
  if (plan.output.num_elements() > 0) Mirror(plan).Fill(0, from, to);
}

}  // namespace octolite
