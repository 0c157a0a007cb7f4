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

void TransposeConvFloatRef(const TransposeConvShape& shape, const float* input,
                           const float* weights, const float* bias, float min, float max,
                           float* output) {
  reference::ConvFloat(SizeOf(shape), Taps{shape}, input, weights, bias, min, max, output);
}

template <typename T>
void TransposeConvQuantizedRef(const TransposeConvShape& shape, const T* input,
                               int32_t input_zero_point, const T* weights,
                               int32_t weight_zero_point, const int32_t* bias,
                               const QuantizedOutput& requantize, T* output) {
  reference::ConvQuantized(SizeOf(shape), Taps{shape}, input, input_zero_point, weights,
                           weight_zero_point, bias, requantize, output);
}

template void TransposeConvQuantizedRef(const TransposeConvShape&, const int8_t*, int32_t,
                                        const int8_t*, int32_t, const int32_t*,
                                        const QuantizedOutput&, int8_t*);
template void TransposeConvQuantizedRef(const TransposeConvShape&, const uint8_t*, int32_t,
                                        const uint8_t*, int32_t, const int32_t*,
                                        const QuantizedOutput&, uint8_t*);

void TransposeConvDynamicRef(const TransposeConvShape& shape, const int8_t* input,
                             const DynamicRow* rows, const int8_t* weights, const float* bias,
                             const DynamicOutput& dequantize, float* output) {
  reference::ConvDynamic(SizeOf(shape), Taps{shape}, input, rows, weights, bias, dequantize,
                         output);
}

}  // namespace octolite
