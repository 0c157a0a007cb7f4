#include "kernels/reference_conv.h"
#include "kernels/transpose_conv/transpose_conv.h"

namespace octolite {
namespace {

struct Taps {
  const TransposeConvShape& s;
  template <typename Tap>
  void operator()(int64_t b, int64_t y, int64_t x, int64_t oc, Tap tap) const {
    const WindowGeometry& w = s.window;
    // Input (iy, ix) reaches output (iy * stride - pad + ky, ix * stride - pad + kx).
    for (int64_t ky = 0; ky < w.window_h; ++ky) {
      const int64_t iy = y + w.pad_top - ky;
      if (iy < 0 || iy % w.stride_h != 0 || iy / w.stride_h >= s.input_h) continue;
      for (int64_t kx = 0; kx < w.window_w; ++kx) {
        const int64_t ix = x + w.pad_left - kx;
        if (ix < 0 || ix % w.stride_w != 0 || ix / w.stride_w >= s.input_w) continue;
        const int64_t in =
            ((b * s.input_h + iy / w.stride_h) * s.input_w + ix / w.stride_w) * s.input_c;
        const int64_t weight = ((oc * w.window_h + ky) * w.window_w + kx) * s.input_c;
        for (int64_t c = 0; c < s.input_c; ++c) tap(in + c, weight + c);
      }
    }
  }
};

reference::OutputSize SizeOf(const TransposeConvShape& s) {
  return {s.batch, s.window.output_h, s.window.output_w, s.output_c};
}

}  // namespace

void TransposeConvRef(const TransposeConvShape& shape, const void* input, const void* weights,
                      const MatrixResult& result) {
  reference::Conv(SizeOf(shape), Taps{shape}, input, weights, result);
}

}  // namespace octolite
