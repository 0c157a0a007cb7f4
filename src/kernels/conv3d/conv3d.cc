#include "kernels/conv3d/conv3d.h"

#include <algorithm>

namespace octolite {
namespace {

// Calls tap(input pixel, weights of the tap) for every tap of the window that meets the input, of
// the output pixel at `position`. source(axis, output position, tap) is the input position, or -1.
template <typename Source, typename Tap>
void ForEachTap(const Conv3dShape& s, int64_t batch, const std::array<int64_t, 3>& position,
                const Source& source, const Tap& tap) {
  for (int64_t kd = 0; kd < s.window[0]; ++kd) {
    const int64_t d = source(0, position[0], kd);
    if (d < 0 || d >= s.input[0]) continue;
    for (int64_t kh = 0; kh < s.window[1]; ++kh) {
      const int64_t h = source(1, position[1], kh);
      if (h < 0 || h >= s.input[1]) continue;
      for (int64_t kw = 0; kw < s.window[2]; ++kw) {
        const int64_t w = source(2, position[2], kw);
        if (w < 0 || w >= s.input[2]) continue;
        tap((((batch * s.input[0] + d) * s.input[1] + h) * s.input[2] + w) * s.input_c,
            ((kd * s.window[1] + kh) * s.window[2] + kw) * s.input_c * s.output_c);
      }
    }
  }
}

// Calls pixel(batch, position, output) for every pixel of the output; then adds the bias and
// clamps.
template <typename Pixel>
void ForEachPixel(const Conv3dShape& s, const FloatResult& result, const Pixel& pixel) {
  float* output = result.output;
  for (int64_t b = 0; b < s.batch; ++b) {
    for (int64_t d = 0; d < s.output[0]; ++d) {
      for (int64_t h = 0; h < s.output[1]; ++h) {
        for (int64_t w = 0; w < s.output[2]; ++w, output += s.output_c) {
          std::fill_n(output, s.output_c, 0.0f);
          pixel(b, std::array<int64_t, 3>{d, h, w}, output);
          for (int64_t c = 0; c < s.output_c; ++c) {
            const float value = output[c] + (result.bias ? result.bias[c] : 0.0f);
            output[c] = value < result.min ? result.min : (value > result.max ? result.max : value);
          }
        }
      }
    }
  }
}

}  // namespace

void Conv3d(const Conv3dShape& shape, const float* input, const float* weights,
            const FloatResult& result) {
  const auto source = [&](size_t axis, int64_t position, int64_t tap) {
    return position * shape.stride[axis] - shape.padding[axis] + tap * shape.dilation[axis];
  };
  ForEachPixel(shape, result, [&](int64_t b, const auto& position, float* output) {
    ForEachTap(shape, b, position, source, [&](int64_t pixel, int64_t tap) {
      const float* w = weights + tap;
      for (int64_t i = 0; i < shape.input_c; ++i, w += shape.output_c) {
        const float value = input[pixel + i];
        for (int64_t c = 0; c < shape.output_c; ++c) output[c] += value * w[c];
      }
    });
  });
}

void Conv3dTranspose(const Conv3dShape& shape, const float* input, const float* weights,
                     const FloatResult& result) {
  const auto source = [&](size_t axis, int64_t position, int64_t tap) {
    const int64_t from = position + shape.padding[axis] - tap * shape.dilation[axis];
    return from % shape.stride[axis] == 0 ? from / shape.stride[axis] : -1;
  };
  ForEachPixel(shape, result, [&](int64_t b, const auto& position, float* output) {
    ForEachTap(shape, b, position, source, [&](int64_t pixel, int64_t tap) {
      const float* w = weights + tap;
      for (int64_t c = 0; c < shape.output_c; ++c, w += shape.input_c) {
        float sum = 0;
        for (int64_t i = 0; i < shape.input_c; ++i) sum += input[pixel + i] * w[i];
        output[c] += sum;
      }
    });
  });
}

}  // namespace octolite
