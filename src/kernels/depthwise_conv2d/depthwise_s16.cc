#include "kernels/depthwise_conv2d/depthwise_s16.h"

#include <algorithm>

namespace octolite::depthwise {
namespace {

// sums[c] += what output channel c sees of one pixel.
void AddTap(const int16_t* pixel, const int8_t* weights, int64_t input_c, int64_t multiplier,
            int64_t* sums) {
  if (multiplier == 1) {
    for (int64_t c = 0; c < input_c; ++c) sums[c] += int32_t{pixel[c]} * int32_t{weights[c]};
    return;
  }
  for (int64_t c = 0; c < input_c; ++c, weights += multiplier, sums += multiplier) {
    const int32_t value = pixel[c];
    for (int64_t i = 0; i < multiplier; ++i) sums[i] += value * int32_t{weights[i]};
  }
}

}  // namespace

int64_t S16Scratch(const DepthwiseConv2dShape& shape) {
  return (int64_t{shape.output_c()} * int64_t{sizeof(int64_t)} + 63) / 64 * 64;
}

void RunS16(const DepthwiseConv2dShape& shape, const int16_t* input, const int8_t* weights,
            const WideResult& result, uint8_t* scratch) {
  const WindowGeometry& w = shape.window;
  const int64_t channels = shape.output_c();
  auto* sums = reinterpret_cast<int64_t*>(scratch);
  int16_t* output = result.output;
  for (int64_t b = 0; b < shape.batch; ++b) {
    const int16_t* image = input + b * shape.image_elements();
    for (int64_t y = 0; y < w.output_h; ++y) {
      for (int64_t x = 0; x < w.output_w; ++x, output += channels) {
        std::fill_n(sums, channels, 0);
        for (int64_t ky = 0; ky < w.window_h; ++ky) {
          const int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
          if (iy < 0 || iy >= shape.input_h) continue;
          for (int64_t kx = 0; kx < w.window_w; ++kx) {
            const int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (ix < 0 || ix >= shape.input_w) continue;
            AddTap(image + (iy * shape.input_w + ix) * shape.input_c,
                   weights + (ky * w.window_w + kx) * channels, shape.input_c, shape.multiplier,
                   sums);
          }
        }
        for (int64_t c = 0; c < channels; ++c) {
          output[c] = result.Value(sums[c], static_cast<size_t>(c));
        }
      }
    }
  }
}

}  // namespace octolite::depthwise
