#include "kernels/pool/pool.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/reduce/sum_channels.h"
#include "kernels/simd/simd.h"

namespace octolite {
namespace {

// What MediaPipe adds to indices, which it keeps as floats and truncates.
constexpr float kIndexMargin = 0.1f;

// Channels that are accumulated at once, on the stack.
constexpr int32_t kChunk = 64;

// Part of an image under a window: rows [y0, y1) and columns [x0, x1) are in it.
struct Window {
  int64_t top = 0, left = 0;
  int64_t y0 = 0, y1 = 0, x0 = 0, x1 = 0;
};

// Calls visit(batch, window, offset of the output pixel) for each output pixel, in order.
template <typename Visit>
void ForEachWindow(const PoolShape& s, Visit visit) {
  // However many pixels of nothing there are.
  if (s.channels == 0 || s.output_h == 0 || s.output_w == 0) return;
  int64_t at = 0;
  for (int32_t b = 0; b < s.batch; ++b) {
    for (int32_t oy = 0; oy < s.output_h; ++oy) {
      Window window;
      window.top = static_cast<int64_t>(oy) * s.stride_h - s.pad_top;
      window.y0 = std::max<int64_t>(window.top, 0);
      window.y1 = std::min<int64_t>(window.top + s.window_h, s.input_h);
      for (int32_t ox = 0; ox < s.output_w; ++ox) {
        window.left = static_cast<int64_t>(ox) * s.stride_w - s.pad_left;
        window.x0 = std::max<int64_t>(window.left, 0);
        window.x1 = std::min<int64_t>(window.left + s.window_w, s.input_w);
        visit(b, window, at);
        at += s.channels;
      }
    }
  }
}

// For each output pixel and chunk of channels: accumulators start at `start`, step(acc, x) takes
// the pixels of the window, finish(acc, count) makes the output.
template <typename Acc, typename T, typename Step, typename Finish>
void Pool(const PoolShape& s, const T* in, T* out, Acc start, Step step, Finish finish) {
  const int64_t row_stride = static_cast<int64_t>(s.input_w) * s.channels;
  ForEachWindow(s, [&](int32_t b, const Window& window, int64_t at) {
    const T* image = in + b * s.input_h * row_stride;
    for (int32_t c0 = 0; c0 < s.channels; c0 += kChunk) {
      const int32_t width = std::min(kChunk, s.channels - c0);
      Acc acc[kChunk];
      for (int32_t c = 0; c < width; ++c) acc[c] = start;
      for (int64_t y = window.y0; y < window.y1; ++y) {
        const T* pixel = image + y * row_stride + window.x0 * s.channels + c0;
        for (int64_t x = window.x0; x < window.x1; ++x, pixel += s.channels) {
          for (int32_t c = 0; c < width; ++c) acc[c] = step(acc[c], pixel[c]);
        }
      }
      const int64_t count = (window.y1 - window.y0) * (window.x1 - window.x0);
      for (int32_t c = 0; c < width; ++c) out[at + c0 + c] = finish(acc[c], count);
    }
  });
}

// Vectors of elements and their maximum and minimum.
template <typename T>
struct MaxVector;
template <>
struct MaxVector<float> {
  static constexpr int32_t kWidth = 4;
  static v128_t Splat(float x) { return wasm_f32x4_splat(x); }
  static v128_t Max(v128_t a, v128_t b) { return wasm_f32x4_pmax(a, b); }
  static v128_t Min(v128_t a, v128_t b) { return wasm_f32x4_pmin(a, b); }
};
template <>
struct MaxVector<int8_t> {
  static constexpr int32_t kWidth = 16;
  static v128_t Splat(int8_t x) { return wasm_i8x16_splat(x); }
  static v128_t Max(v128_t a, v128_t b) { return wasm_i8x16_max(a, b); }
  static v128_t Min(v128_t a, v128_t b) { return wasm_i8x16_min(a, b); }
};
template <>
struct MaxVector<uint8_t> {
  static constexpr int32_t kWidth = 16;
  static v128_t Splat(uint8_t x) { return wasm_i8x16_splat(static_cast<int8_t>(x)); }
  static v128_t Max(v128_t a, v128_t b) { return wasm_u8x16_max(a, b); }
  static v128_t Min(v128_t a, v128_t b) { return wasm_u8x16_min(a, b); }
};

// The maximum of each of kVectors vectors of channels over `rows` rows of `columns` pixels.
template <int kVectors, typename T>
void MaxOfWindow(const T* in, int64_t rows, int64_t columns, int64_t row_stride, int64_t channels,
                 T min, T max, T* out) {
  using V = MaxVector<T>;
  v128_t acc[kVectors];
  for (v128_t& v : acc) v = V::Splat(std::numeric_limits<T>::lowest());
  for (int64_t y = 0; y < rows; ++y) {
    const T* pixel = in + y * row_stride;
    for (int64_t x = 0; x < columns; ++x, pixel += channels) {
      for (int v = 0; v < kVectors; ++v) {
        acc[v] = V::Max(acc[v], simd::Load(pixel + v * V::kWidth));
      }
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    simd::Store(out + v * V::kWidth, V::Min(V::Max(acc[v], V::Splat(min)), V::Splat(max)));
  }
}

// Four vectors of channels at a time, then one, the last channels maybe a second time; needs a
// vector of them.
template <typename T>
void MaxPoolVectors(const PoolShape& s, const T* in, T* out, T min, T max) {
  constexpr int kTogether = 4;
  constexpr int32_t kWidth = MaxVector<T>::kWidth;
  const int64_t row_stride = static_cast<int64_t>(s.input_w) * s.channels;
  ForEachWindow(s, [&](int32_t b, const Window& window, int64_t at) {
    const T* first =
        in + (b * int64_t{s.input_h} + window.y0) * row_stride + window.x0 * s.channels;
    const int64_t rows = window.y1 - window.y0;
    const int64_t columns = window.x1 - window.x0;
    int32_t c = 0;
    for (; c + kTogether * kWidth <= s.channels; c += kTogether * kWidth) {
      MaxOfWindow<kTogether>(first + c, rows, columns, row_stride, s.channels, min, max,
                             out + at + c);
    }
    for (; c < s.channels; c += kWidth) {
      const int32_t from = std::min(c, s.channels - kWidth);
      MaxOfWindow<1>(first + from, rows, columns, row_stride, s.channels, min, max,
                     out + at + from);
    }
  });
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

namespace {

// Where the window is the image; false elsewhere.
template <typename T>
bool AverageWholeImages(const PoolShape& s, const T* in, T* out, int32_t min, int32_t max) {
  constexpr int32_t kMostChannels = 2048;
  const bool whole = s.output_h == 1 && s.output_w == 1 && s.pad_top == 0 && s.pad_left == 0 &&
                     s.window_h == s.input_h && s.window_w == s.input_w;
  if (!whole || s.channels > kMostChannels) return false;
  const int32_t pixels = s.input_h * s.input_w;
  const float reciprocal = 1.0f / static_cast<float>(pixels);
  for (int32_t b = 0; b < s.batch; ++b) {
    int32_t sums[kMostChannels] = {};
    SumChannels(in, pixels, s.channels, sums);
    for (int32_t c = 0; c < s.channels; ++c) {
      out[c] = static_cast<T>(Clamp(DivideByReciprocal(sums[c], pixels / 2, reciprocal), min, max));
    }
    in += int64_t{pixels} * s.channels;
    out += s.channels;
  }
  return true;
}

}  // namespace

void AveragePoolFloat(const PoolShape& shape, const float* in, float* out, float min, float max) {
  Pool(
      shape, in, out, 0.0f, [](float acc, float x) { return acc + x; },
      [=](float acc, int64_t count) {
        return std::min(std::max(acc / static_cast<float>(count), min), max);
      });
}

void L2PoolFloat(const PoolShape& shape, const float* in, float* out, float min, float max) {
  Pool(
      shape, in, out, 0.0f, [](float acc, float x) { return acc + x * x; },
      [=](float acc, int64_t count) {
        return std::min(std::max(std::sqrt(acc / static_cast<float>(count)), min), max);
      });
}

template <typename T>
void AveragePoolQuantized(const PoolShape& shape, const T* in, T* out, int32_t min, int32_t max) {
  // Sums of 8-bit values fit in 32 bits, as the contract says.
  using Acc = std::conditional_t<sizeof(T) == 1, int32_t, int64_t>;
  const auto add = [](Acc acc, T x) { return acc + Acc{x}; };
  if constexpr (sizeof(T) == 1) {
    const int64_t window = static_cast<int64_t>(shape.window_h) * shape.window_w;
    if (window <= kMostByReciprocal) {
      if (AverageWholeImages(shape, in, out, min, max)) return;
      Pool(shape, in, out, int32_t{0}, add, [=](int32_t acc, int64_t count) {
        const auto n = static_cast<int32_t>(count);
        return static_cast<T>(
            Clamp(DivideByReciprocal(acc, n / 2, 1.0f / static_cast<float>(n)), min, max));
      });
      return;
    }
  }
  Pool(shape, in, out, Acc{0}, add, [=](Acc acc, int64_t count) {
    const int64_t half = acc > 0 ? count / 2 : -(count / 2);
    const auto average = static_cast<int32_t>((acc + half) / std::max<int64_t>(count, 1));
    return static_cast<T>(Clamp(average, min, max));
  });
}

template <typename T>
void MaxPool(const PoolShape& shape, const T* in, T* out, T min, T max) {
  if constexpr (sizeof(T) != 2) {
    if (shape.channels >= MaxVector<T>::kWidth) return MaxPoolVectors(shape, in, out, min, max);
  }
  Pool(
      shape, in, out, std::numeric_limits<T>::lowest(), [](T acc, T x) { return std::max(acc, x); },
      [=](T acc, int64_t) { return std::min(std::max(acc, min), max); });
}

void MaxPoolArgmax(const PoolShape& s, const float* in, float* out, float* indices, float min,
                   float max) {
  const int64_t row_stride = static_cast<int64_t>(s.input_w) * s.channels;
  ForEachWindow(s, [&](int32_t b, const Window& window, int64_t at) {
    const float* image = in + b * s.input_h * row_stride;
    for (int32_t c = 0; c < s.channels; ++c) {
      float best = std::numeric_limits<float>::lowest();
      int64_t place = 0;
      for (int64_t y = window.y0; y < window.y1; ++y) {
        for (int64_t x = window.x0; x < window.x1; ++x) {
          const float value = image[y * row_stride + x * s.channels + c];
          if (!(value > best)) continue;
          best = value;
          place = (y - window.top) * s.window_w + (x - window.left);
        }
      }
      out[at + c] = std::min(std::max(best, min), max);
      indices[at + c] = static_cast<float>(place) + kIndexMargin;
    }
  });
}

void MaxUnpool(const PoolShape& s, const float* in, const float* indices, float* out) {
  const int64_t row_stride = static_cast<int64_t>(s.input_w) * s.channels;
  std::fill(out, out + s.batch * s.input_h * row_stride, 0.0f);
  const int64_t places = static_cast<int64_t>(s.window_h) * s.window_w;
  ForEachWindow(s, [&](int32_t b, const Window& window, int64_t at) {
    float* image = out + b * s.input_h * row_stride;
    for (int32_t c = 0; c < s.channels; ++c) {
      const float index = indices[at + c];
      if (!(index > -1.0f && index < static_cast<float>(places))) continue;
      const auto place = static_cast<int64_t>(index);
      const int64_t y = window.top + place / s.window_w;
      const int64_t x = window.left + place % s.window_w;
      if (y < window.y0 || y >= window.y1 || x < window.x0 || x >= window.x1) continue;
      image[y * row_stride + x * s.channels + c] = in[at + c];
    }
  });
}

template void AveragePoolQuantized<int8_t>(const PoolShape&, const int8_t*, int8_t*, int32_t,
                                           int32_t);
template void AveragePoolQuantized<uint8_t>(const PoolShape&, const uint8_t*, uint8_t*, int32_t,
                                            int32_t);
template void AveragePoolQuantized<int16_t>(const PoolShape&, const int16_t*, int16_t*, int32_t,
                                            int32_t);
template void MaxPool<float>(const PoolShape&, const float*, float*, float, float);
template void MaxPool<int8_t>(const PoolShape&, const int8_t*, int8_t*, int8_t, int8_t);
template void MaxPool<uint8_t>(const PoolShape&, const uint8_t*, uint8_t*, uint8_t, uint8_t);
template void MaxPool<int16_t>(const PoolShape&, const int16_t*, int16_t*, int16_t, int16_t);

}  // namespace octolite
