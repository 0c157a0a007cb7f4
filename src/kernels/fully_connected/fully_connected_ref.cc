#include "kernels/fully_connected/fully_connected.h"
#include "kernels/reference_conv.h"

namespace octolite {
namespace {

struct Taps {
  const FullyConnectedShape& s;
  template <typename Tap>
  void operator()(int64_t b, int64_t, int64_t, int64_t oc, Tap tap) const {
    for (int64_t k = 0; k < s.depth; ++k) tap(b * s.depth + k, oc * s.depth + k);
  }
};

reference::OutputSize SizeOf(const FullyConnectedShape& s) { return {s.batch, 1, 1, s.units}; }

}  // namespace

void FullyConnectedRef(const FullyConnectedShape& shape, const void* input, const void* weights,
                       const MatrixResult& result) {
  reference::Conv(SizeOf(shape), Taps{shape}, input, weights, result);
}

}  // namespace octolite
