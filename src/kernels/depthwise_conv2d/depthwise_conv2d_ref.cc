#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "kernels/reference_conv.h"

namespace octolite {
namespace {

struct Taps {
  const DepthwiseConv2dShape& s;
  template <typename Tap>
  void operator()(int64_t b, int64_t y, int64_t x, int64_t oc, Tap tap) const {
    const WindowGeometry& w = s.window;
    for (int64_t ky = 0; ky < w.window_h; ++ky) {
      const int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
      if (iy < 0 || iy >= s.input_h) continue;
      for (int64_t kx = 0; kx < w.window_w; ++kx) {
        const int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
        if (ix < 0 || ix >= s.input_w) continue;
        tap(((b * s.input_h + iy) * s.input_w + ix) * s.input_c + oc / s.multiplier,
            (ky * w.window_w + kx) * s.output_c() + oc);
      }
    }
  }
};

reference::OutputSize SizeOf(const DepthwiseConv2dShape& s) {
  return {s.batch, s.window.output_h, s.window.output_w, s.output_c()};
}

}  // namespace

void DepthwiseConv2dFloatRef(const DepthwiseConv2dShape& shape, const float* input,
                             const float* weights, const float* bias, float min, float max,
                             float* output) {
  reference::ConvFloat(SizeOf(shape), Taps{shape}, input, weights, bias, min, max, output);
}

template <typename T>
void DepthwiseConv2dQuantizedRef(const DepthwiseConv2dShape& shape, const T* input,
                                 int32_t input_zero_point, const T* weights,
                                 int32_t weight_zero_point, const int32_t* bias,
                                 const QuantizedOutput& requantize, T* output) {
  reference::ConvQuantized(SizeOf(shape), Taps{shape}, input, input_zero_point, weights,
                           weight_zero_point, bias, requantize, output);
}

template void DepthwiseConv2dQuantizedRef(const DepthwiseConv2dShape&, const int8_t*, int32_t,
                                          const int8_t*, int32_t, const int32_t*,
                                          const QuantizedOutput&, int8_t*);
template void DepthwiseConv2dQuantizedRef(const DepthwiseConv2dShape&, const uint8_t*, int32_t,
                                          const uint8_t*, int32_t, const int32_t*,
                                          const QuantizedOutput&, uint8_t*);

void DepthwiseConv2dDynamicRef(const DepthwiseConv2dShape& shape, const int8_t* input,
                               const DynamicRow* rows, const int8_t* weights, const float* bias,
                               const DynamicOutput& dequantize, float* output) {
  reference::ConvDynamic(SizeOf(shape), Taps{shape}, input, rows, weights, bias, dequantize,
                         output);
}

}  // namespace octolite
