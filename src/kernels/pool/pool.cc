#include "kernels/pool/pool.h"

#include <algorithm>
#include <limits>

namespace octolite {
namespace {

// Channels that are accumulated at once, on the stack.
constexpr int32_t kChunk = 64;

// For each output pixel and chunk of channels: accumulators start at `start`, step(acc, x) takes
// the pixels of the window, finish(acc, count) makes the output.
template <typename Acc, typename T, typename Step, typename Finish>
void Pool(const PoolShape& s, const T* in, T* out, Acc start, Step step, Finish finish) {
  // However many pixels of nothing there are.
  if (s.channels == 0 || s.output_h == 0 || s.output_w == 0) return;
  const int64_t row_stride = static_cast<int64_t>(s.input_w) * s.channels;
  for (int32_t b = 0; b < s.batch; ++b) {
    const T* image = in + b * s.input_h * row_stride;
    for (int32_t oy = 0; oy < s.output_h; ++oy) {
      const int64_t top = static_cast<int64_t>(oy) * s.stride_h - s.pad_top;
      const int64_t y0 = std::max<int64_t>(top, 0);
      const int64_t y1 = std::min<int64_t>(top + s.window_h, s.input_h);
      for (int32_t ox = 0; ox < s.output_w; ++ox) {
        const int64_t left = static_cast<int64_t>(ox) * s.stride_w - s.pad_left;
        const int64_t x0 = std::max<int64_t>(left, 0);
        const int64_t x1 = std::min<int64_t>(left + s.window_w, s.input_w);
        for (int32_t c0 = 0; c0 < s.channels; c0 += kChunk) {
          const int32_t width = std::min(kChunk, s.channels - c0);
          Acc acc[kChunk];
          for (int32_t c = 0; c < width; ++c) acc[c] = start;
          for (int64_t y = y0; y < y1; ++y) {
            const T* pixel = image + y * row_stride + x0 * s.channels + c0;
            for (int64_t x = x0; x < x1; ++x, pixel += s.channels) {
              for (int32_t c = 0; c < width; ++c) acc[c] = step(acc[c], pixel[c]);
            }
          }
          const int64_t count = (y1 - y0) * (x1 - x0);
          for (int32_t c = 0; c < width; ++c) out[c0 + c] = finish(acc[c], count);
        }
        out += s.channels;
      }
    }
  }
}

int32_t Clamp(int32_t value, int32_t min, int32_t max) {
  return std::min(std::max(value, min), max);
}

// trunc((acc + half) / n), half with the sign of acc, without a division: half a unit more, the
// quotient is at least 1 / (2 n) from every integer, which the roundings of float do not reach for
// quotients up to 256 while n is at most kMostByReciprocal.
constexpr int64_t kMostByReciprocal = 4096;
int32_t DivideByReciprocal(int32_t acc, int32_t half, float reciprocal) {
  const float more = static_cast<float>(half) + 0.5f;
  const float shifted = static_cast<float>(acc) + (acc > 0 ? more : -more);
  return static_cast<int32_t>(shifted * reciprocal);
}

}  // namespace

void AveragePoolFloat(const PoolShape& shape, const float* in, float* out, float min, float max) {
  Pool(
      shape, in, out, 0.0f, [](float acc, float x) { return acc + x; },
      [=](float acc, int64_t count) {
        return std::min(std::max(acc / static_cast<float>(count), min), max);
      });
}

template <typename T>
void AveragePoolQuantized(const PoolShape& shape, const T* in, T* out, int32_t min, int32_t max) {
  const auto add = [](int32_t acc, T x) { return acc + x; };
  const int64_t window = static_cast<int64_t>(shape.window_h) * shape.window_w;
  if (window <= kMostByReciprocal) {
    Pool(shape, in, out, int32_t{0}, add, [=](int32_t acc, int64_t count) {
      const auto n = static_cast<int32_t>(count);
      return static_cast<T>(
          Clamp(DivideByReciprocal(acc, n / 2, 1.0f / static_cast<float>(n)), min, max));
    });
    return;
  }
  Pool(shape, in, out, int32_t{0}, add, [=](int32_t acc, int64_t count) {
    const int64_t half = acc > 0 ? count / 2 : -(count / 2);
    const auto average = static_cast<int32_t>((acc + half) / std::max<int64_t>(count, 1));
    return static_cast<T>(Clamp(average, min, max));
  });
}

template <typename T>
void MaxPool(const PoolShape& shape, const T* in, T* out, T min, T max) {
  Pool(
      shape, in, out, std::numeric_limits<T>::lowest(), [](T acc, T x) { return std::max(acc, x); },
      [=](T acc, int64_t) { return std::min(std::max(acc, min), max); });
}

template void AveragePoolQuantized<int8_t>(const PoolShape&, const int8_t*, int8_t*, int32_t,
                                           int32_t);
template void AveragePoolQuantized<uint8_t>(const PoolShape&, const uint8_t*, uint8_t*, int32_t,
                                            int32_t);
template void MaxPool<float>(const PoolShape&, const float*, float*, float, float);
template void MaxPool<int8_t>(const PoolShape&, const int8_t*, int8_t*, int8_t, int8_t);
template void MaxPool<uint8_t>(const PoolShape&, const uint8_t*, uint8_t*, uint8_t, uint8_t);
template void MaxPool<int16_t>(const PoolShape&, const int16_t*, int16_t*, int16_t, int16_t);

}  // namespace octolite
