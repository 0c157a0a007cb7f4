#include "kernels/conv2d/conv2d.h"
#include "kernels/reference_conv.h"

namespace octolite {
namespace {

struct Taps {
  const Conv2dShape& s;
  template <typename Tap>
  void operator()(int64_t b, int64_t y, int64_t x, int64_t oc, Tap tap) const {
    const WindowGeometry& w = s.window;
    const int64_t filter_c = s.filter_c();
    const int64_t first_c = oc / (s.output_c / s.groups) * filter_c;
    for (int64_t ky = 0; ky < w.window_h; ++ky) {
      const int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
      if (iy < 0 || iy >= s.input_h) continue;
      for (int64_t kx = 0; kx < w.window_w; ++kx) {
        const int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
        if (ix < 0 || ix >= s.input_w) continue;
        const int64_t in = ((b * s.input_h + iy) * s.input_w + ix) * s.input_c + first_c;
        const int64_t weight = ((oc * w.window_h + ky) * w.window_w + kx) * filter_c;
        for (int64_t c = 0; c < filter_c; ++c) tap(in + c, weight + c);
      }
    }
  }
};

reference::OutputSize SizeOf(const Conv2dShape& s) {
  return {s.batch, s.window.output_h, s.window.output_w, s.output_c};
}

}  // namespace

void Conv2dRef(const Conv2dShape& shape, const void* input, const void* weights,
               const MatrixResult& result) {
  reference::Conv(SizeOf(shape), Taps{shape}, input, weights, result);
}

}  // namespace octolite
