#include "kernels/resize/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/simd/simd.h"

namespace octolite {
namespace {

// The two input positions that an output position lies between, and the weight of the second.
template <typename Weight>
struct Sample {
  int32_t low = 0;
  int32_t high = 0;
  Weight weight = 0;
};

float Scale(int32_t input, int32_t output, bool align_corners) {
  const int32_t corner = align_corners && output > 1 ? 1 : 0;
  return static_cast<float>(input - corner) / static_cast<float>(output - corner);
}

// Where an output position lies, in [0, input - 1].
float Position(const ResizeShape& shape, int32_t at, int32_t input, float scale) {
  float position = static_cast<float>(at) * scale;
  if (shape.half_pixel_centers) position += 0.5f * scale - 0.5f;
  return std::min(std::max(position, 0.0f), static_cast<float>(input - 1));
}

Sample<float> FloatSample(const ResizeShape& shape, int32_t at, int32_t input, float scale) {
  const float position = Position(shape, at, input, scale);
  const auto low = static_cast<int32_t>(position);
  return {low, std::min(low + 1, input - 1), position - static_cast<float>(low)};
}

// Weights of 11 bits.
Sample<int32_t> LitertSample(const ResizeShape& shape, int32_t at, int32_t input, float scale) {
  const Sample<float> sample = FloatSample(shape, at, input, scale);
  return {sample.low, sample.high, static_cast<int32_t>(std::nearbyint(sample.weight * 2048.0f))};
}

// Positions of 10 bits. Before the first pixel the weight is negative, and both positions are 0.
Sample<int32_t> ReferenceSample(const ResizeShape& shape, int32_t at, int32_t input,
                                int32_t output) {
  const int64_t corner = shape.align_corners && output > 1 ? 1 : 0;
  const int64_t scale =
      ((int64_t{input} - corner) * 1024 + (output - corner) / 2) / (output - corner);
  int64_t position = at * scale;
  if (shape.half_pixel_centers) position += scale / 2 - 512;
  // Rounded up steps may leave an image that grows more than 45-fold.
  position = std::min(position, (int64_t{input} - 1) * 1024);
  const auto low = static_cast<int32_t>(std::max<int64_t>(position / 1024, 0));
  const auto high =
      static_cast<int32_t>(std::min<int64_t>((position + 1023) / 1024, int64_t{input} - 1));
  return {low, std::max(high, 0), static_cast<int32_t>(position - int64_t{low} * 1024)};
}

// Calls pixel(top left, top right, bottom left, bottom right, weight x, weight y, out) for every
// output pixel. Columns are sampled once; `sample` is (at, input, output) -> Sample<Weight>.
template <typename Weight, typename T, typename MakeSample, typename Pixel>
void ForEachPixel(const ResizeShape& s, const T* in, T* out, MakeSample sample, Pixel pixel) {
  if (s.channels == 0) return;
  std::vector<Sample<Weight>> columns;
  columns.reserve(static_cast<size_t>(s.output_w));
  for (int32_t x = 0; x < s.output_w; ++x) {
    columns.push_back(sample(x, s.input_w, s.output_w));
  }
  const int64_t row = static_cast<int64_t>(s.input_w) * s.channels;
  for (int32_t b = 0; b < s.batch; ++b) {
    const T* image = in + b * s.input_h * row;
    for (int32_t y = 0; y < s.output_h; ++y) {
      const Sample<Weight> line = sample(y, s.input_h, s.output_h);
      const T* top = image + line.low * row;
      const T* bottom = image + line.high * row;
      for (const Sample<Weight>& column : columns) {
        const int64_t left = static_cast<int64_t>(column.low) * s.channels;
        const int64_t right = static_cast<int64_t>(column.high) * s.channels;
        pixel(top + left, top + right, bottom + left, bottom + right, column.weight, line.weight,
              out);
        out += s.channels;
      }
    }
  }
}

// vector(c) for every kWidth channels from c on, the last ones maybe a second time; one(c) for each
// where there are fewer.
template <int32_t kWidth, typename Vector, typename One>
void ForEachVector(int32_t channels, Vector vector, One one) {
  if (channels < kWidth) {
    for (int32_t c = 0; c < channels; ++c) one(c);
    return;
  }
  int32_t c = 0;
  for (; c + kWidth <= channels; c += kWidth) vector(c);
  if (c < channels) vector(channels - kWidth);
}

v128_t LoadEight(const int8_t* from) { return wasm_i16x8_load8x8(from); }
v128_t LoadEight(const uint8_t* from) { return wasm_u16x8_load8x8(from); }

void StoreEight(int8_t* to, v128_t v) {
  wasm_v128_store64_lane(to, wasm_i8x16_narrow_i16x8(v, v), 0);
}
void StoreEight(uint8_t* to, v128_t v) {
  wasm_v128_store64_lane(to, wasm_u8x16_narrow_i16x8(v, v), 0);
}

int32_t Nearest(const ResizeShape& shape, int32_t at, int32_t input, int32_t output) {
  const float position = (static_cast<float>(at) + (shape.half_pixel_centers ? 0.5f : 0.0f)) *
                         Scale(input, output, shape.align_corners);
  const float whole = shape.align_corners ? std::round(position) : std::floor(position);
  return std::clamp(static_cast<int32_t>(whole), 0, input - 1);
}

template <typename T>
void ResizeInteger(const ResizeShape& shape, const T* in, T* out) {
  ForEachPixel<int32_t>(
      shape, in, out,
      [&](int32_t at, int32_t input, int32_t output) {
        return ReferenceSample(shape, at, input, output);
      },
      [channels = shape.channels](const T* tl, const T* tr, const T* bl, const T* br, int32_t wx,
                                  int32_t wy, T* to) {
        for (int32_t c = 0; c < channels; ++c) {
          const int64_t top = tl[c] * (1024 - wx) + tr[c] * wx;
          const int64_t bottom = bl[c] * (1024 - wx) + br[c] * wx;
          const int64_t sum = top * (1024 - wy) + bottom * wy;
          const int64_t half = sum > 0 ? (1 << 19) : -(1 << 19);
          to[c] = static_cast<T>((sum + half) / (1 << 20));
        }
      });
}

}  // namespace

void ResizeBilinearFloat(const ResizeShape& shape, const float* in, float* out) {
  ForEachPixel<float>(
      shape, in, out,
      [&](int32_t at, int32_t input, int32_t output) {
        return FloatSample(shape, at, input, Scale(input, output, shape.align_corners));
      },
      [channels = shape.channels](const float* tl, const float* tr, const float* bl,
                                  const float* br, float wx, float wy, float* to) {
        const v128_t x = wasm_f32x4_splat(wx);
        const v128_t y = wasm_f32x4_splat(wy);
        const auto between = [](v128_t a, v128_t b, v128_t weight) {
          return wasm_f32x4_add(a, wasm_f32x4_mul(wasm_f32x4_sub(b, a), weight));
        };
        ForEachVector<4>(
            channels,
            [&](int32_t c) {
              const v128_t top = between(simd::Load(tl + c), simd::Load(tr + c), x);
              const v128_t bottom = between(simd::Load(bl + c), simd::Load(br + c), x);
              simd::Store(to + c, between(top, bottom, y));
            },
            [&](int32_t c) {
              const float top = tl[c] + (tr[c] - tl[c]) * wx;
              const float bottom = bl[c] + (br[c] - bl[c]) * wx;
              to[c] = top + (bottom - top) * wy;
            });
      });
}

template <typename T>
void ResizeBilinearLitert(const ResizeShape& shape, const T* in, T* out) {
  ForEachPixel<int32_t>(
      shape, in, out,
      [&](int32_t at, int32_t input, int32_t output) {
        return LitertSample(shape, at, input, Scale(input, output, shape.align_corners));
      },
      [channels = shape.channels](const T* tl, const T* tr, const T* bl, const T* br, int32_t wx,
                                  int32_t wy, T* to) {
        // Pairs of left and right, multiplied and added in one instruction.
        const v128_t x = wasm_i32x4_splat((wx << 16) | (2048 - wx));
        const v128_t y = wasm_i32x4_splat(wy);
        const v128_t half = wasm_i32x4_splat(1 << 21);
        const auto four = [=](v128_t top_pairs, v128_t bottom_pairs) {
          const v128_t top = wasm_i32x4_dot_i16x8(top_pairs, x);
          const v128_t bottom = wasm_i32x4_dot_i16x8(bottom_pairs, x);
          const v128_t sum = wasm_i32x4_add(wasm_i32x4_shl(top, 11),
                                            wasm_i32x4_mul(wasm_i32x4_sub(bottom, top), y));
          return wasm_i32x4_shr(wasm_i32x4_add(sum, half), 22);
        };
        ForEachVector<8>(
            channels,
            [&](int32_t c) {
              const v128_t a = LoadEight(tl + c), b = LoadEight(tr + c);
              const v128_t d = LoadEight(bl + c), e = LoadEight(br + c);
              const v128_t low = four(wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11),
                                      wasm_i16x8_shuffle(d, e, 0, 8, 1, 9, 2, 10, 3, 11));
              const v128_t high = four(wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15),
                                       wasm_i16x8_shuffle(d, e, 4, 12, 5, 13, 6, 14, 7, 15));
              StoreEight(to + c, wasm_i16x8_narrow_i32x4(low, high));
            },
            [&](int32_t c) {
              const int32_t top = tl[c] * 2048 + (tr[c] - tl[c]) * wx;
              const int32_t bottom = bl[c] * 2048 + (br[c] - bl[c]) * wx;
              to[c] = static_cast<T>((top * 2048 + (bottom - top) * wy + (1 << 21)) >> 22);
            });
      });
}

template <>
void ResizeBilinearReference<int8_t>(const ResizeShape& shape, const int8_t* in, int8_t* out) {
  ResizeInteger(shape, in, out);
}

template <>
void ResizeBilinearReference<int16_t>(const ResizeShape& shape, const int16_t* in, int16_t* out) {
  ResizeInteger(shape, in, out);
}

template <>
void ResizeBilinearReference<uint8_t>(const ResizeShape& shape, const uint8_t* in, uint8_t* out) {
  // Unlike FloatSample, the weight is not clamped before the first pixel, where both positions
  // are 0.
  const auto sample = [&](int32_t at, int32_t input, int32_t output) {
    const float scale = Scale(input, output, shape.align_corners);
    const float position = shape.half_pixel_centers ? (static_cast<float>(at) + 0.5f) * scale - 0.5f
                                                    : static_cast<float>(at) * scale;
    const int32_t low = std::clamp(static_cast<int32_t>(std::floor(position)), 0, input - 1);
    const int32_t high = std::min(static_cast<int32_t>(std::ceil(position)), input - 1);
    return Sample<float>{low, std::max(high, 0), position - static_cast<float>(low)};
  };
  ForEachPixel<float>(
      shape, in, out, sample,
      [channels = shape.channels](const uint8_t* tl, const uint8_t* tr, const uint8_t* bl,
                                  const uint8_t* br, float wx, float wy, uint8_t* to) {
        for (int32_t c = 0; c < channels; ++c) {
          const float sum = static_cast<float>(tl[c]) * (1 - wy) * (1 - wx) +
                            static_cast<float>(bl[c]) * wy * (1 - wx) +
                            static_cast<float>(tr[c]) * (1 - wy) * wx +
                            static_cast<float>(br[c]) * wy * wx + 0.5f;
          to[c] = static_cast<uint8_t>(std::clamp(sum, 0.0f, 255.0f));
        }
      });
}

namespace {

// One row of pixels, each of `pixel` bytes, from the places of a row of the input.
void PickPixels(const std::vector<size_t>& places, size_t pixel, const uint8_t* in, uint8_t* out) {
  constexpr size_t kVector = 16;
  if (pixel % kVector == 0 && pixel <= 8 * kVector) {
    // Without a call for each.
    for (const size_t place : places) {
      for (size_t at = 0; at < pixel; at += kVector) {
        simd::Store(out + at, simd::Load(in + place + at));
      }
      out += pixel;
    }
    return;
  }
  for (const size_t place : places) {
    std::memcpy(out, in + place, pixel);
    out += pixel;
  }
}

}  // namespace

void ResizeNearest(const ResizeShape& s, size_t element_bytes, const uint8_t* in, uint8_t* out) {
  const size_t pixel = static_cast<size_t>(s.channels) * element_bytes;
  const size_t row = static_cast<size_t>(s.input_w) * pixel;
  const size_t out_row = static_cast<size_t>(s.output_w) * pixel;
  if (pixel == 0 || s.output_w == 0) return;
  std::vector<size_t> places;
  places.reserve(static_cast<size_t>(s.output_w));
  for (int32_t x = 0; x < s.output_w; ++x) {
    places.push_back(static_cast<size_t>(Nearest(s, x, s.input_w, s.output_w)) * pixel);
  }
  for (int32_t b = 0; b < s.batch; ++b) {
    const uint8_t* image = in + static_cast<size_t>(b) * static_cast<size_t>(s.input_h) * row;
    size_t last_y = SIZE_MAX;
    for (int32_t y = 0; y < s.output_h; ++y, out += out_row) {
      const auto from_y = static_cast<size_t>(Nearest(s, y, s.input_h, s.output_h));
      if (from_y == last_y) {
        std::memcpy(out, out - out_row, out_row);
      } else {
        PickPixels(places, pixel, image + from_y * row, out);
      }
      last_y = from_y;
    }
  }
}

template void ResizeBilinearLitert<int8_t>(const ResizeShape&, const int8_t*, int8_t*);
template void ResizeBilinearLitert<uint8_t>(const ResizeShape&, const uint8_t*, uint8_t*);

}  // namespace octolite
