#include "kernels/depthwise_conv2d/depthwise_simd.h"

#include <algorithm>
#include <cstring>

#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite::depthwise {
namespace {

constexpr int64_t kBlock = 8;

int64_t Align(int64_t bytes) { return (bytes + 63) / 64 * 64; }

// Parts of the scratch memory, in order.
struct Scratch {
  explicit Scratch(const DepthwiseConv2dShape& shape)
      : init(0),
        bias(init + Align((shape.output_c() + kBlock) * int64_t{4})),
        padding(bias + Align((shape.output_c() + kBlock) * int64_t{4})),
        taps(padding + Align((shape.input_c + kBlock) * int64_t{4})),
        end(taps + Align((int64_t{shape.window.window_h} * shape.window.window_w + 1) *
                         int64_t{sizeof(void*)})) {}
  int64_t init, bias, padding, taps, end;
};

// Calls pixel(output index, first pixel of each tap) for every output position. A tap outside the
// image is at `outside`, which holds a pixel of padding; so is the one that makes their number
// even.
template <typename T, typename Pixel>
void ForEachPixel(const DepthwiseConv2dShape& s, const T* input, const T* outside, const T** taps,
                  const Pixel& pixel) {
  const WindowGeometry& w = s.window;
  taps[int64_t{w.window_h} * w.window_w] = outside;
  int64_t index = 0;
  for (int64_t b = 0; b < s.batch; ++b) {
    const T* image = input + b * s.image_elements();
    for (int64_t y = 0; y < w.output_h; ++y) {
      for (int64_t x = 0; x < w.output_w; ++x, ++index) {
        const int64_t left = x * w.stride_w - w.pad_left;
        const T** tap = taps;
        for (int64_t ky = 0; ky < w.window_h; ++ky) {
          const int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
          const bool row_inside = iy >= 0 && iy < s.input_h;
          for (int64_t kx = 0; kx < w.window_w; ++kx) {
            const int64_t ix = left + kx * w.dilation_w;
            *tap++ = row_inside && ix >= 0 && ix < s.input_w
                         ? image + (iy * s.input_w + ix) * s.input_c
                         : outside;
          }
        }
        pixel(index);
      }
    }
  }
}

// Eight values that output channels [channel, channel + 8) see of a pixel, of which `count` exist.
template <typename T>
struct Pixels {
  int32_t multiplier;

  void Gather(const T* pixel, int64_t channel, int64_t count, T* values) const {
    for (int64_t i = 0; i < kBlock; ++i) {
      values[i] = i < count ? pixel[(channel + i) / multiplier] : T{0};
    }
  }
  // Widened to 16 bits. kDirect: they lie side by side, and all exist.
  template <bool kDirect>
  v128_t Words(const T* pixel, int64_t channel, int64_t count) const {
    if constexpr (kDirect) return Widen(pixel + channel);
    T values[kBlock];
    Gather(pixel, channel, count, values);
    return Widen(values);
  }
  static v128_t Widen(const T* from) {
    if constexpr (std::is_same_v<T, int8_t>) {
      return wasm_i16x8_load8x8(from);
    } else {
      return wasm_u16x8_load8x8(from);
    }
  }
};

// kBlocks blocks of eight channels of one output position. Two taps are multiplied at a time:
// interleaved, so that dot_i16x8 adds each channel's two products.
template <int kBlocks, bool kDirect, typename T>
void MultiplyPairs(const PairLayout& layout, const Pixels<T>& pixels, const T* const* taps,
                   const uint8_t* weights, const int32_t* init, int64_t channel, int64_t count,
                   v128_t* acc) {
  v128_t sums[kBlocks][2];
  for (int i = 0; i < kBlocks; ++i) {
    sums[i][0] = simd::Load(init + channel + 8 * i);
    sums[i][1] = simd::Load(init + channel + 8 * i + 4);
  }
  const uint8_t* block = weights + channel / kBlock * layout.block_bytes();
  for (int64_t pair = 0; pair < layout.pairs; ++pair) {
    for (int i = 0; i < kBlocks; ++i) {
      const v128_t first = pixels.template Words<kDirect>(taps[2 * pair], channel + 8 * i, count);
      const v128_t second =
          pixels.template Words<kDirect>(taps[2 * pair + 1], channel + 8 * i, count);
      const uint8_t* w = block + i * layout.block_bytes() + pair * 32;
      sums[i][0] = wasm_i32x4_add(
          sums[i][0],
          wasm_i32x4_dot_i16x8(wasm_i16x8_shuffle(first, second, 0, 8, 1, 9, 2, 10, 3, 11),
                               simd::Load(w)));
      sums[i][1] = wasm_i32x4_add(
          sums[i][1],
          wasm_i32x4_dot_i16x8(wasm_i16x8_shuffle(first, second, 4, 12, 5, 13, 6, 14, 7, 15),
                               simd::Load(w + 16)));
    }
  }
  for (int i = 0; i < kBlocks; ++i) {
    acc[2 * i] = sums[i][0];
    acc[2 * i + 1] = sums[i][1];
  }
}

// Runs the 8-bit kernel; store(low, high, output index, channel, count) takes eight sums.
template <typename T, typename Store>
void RunBytes(const DepthwiseConv2dShape& shape, const T* input, const uint8_t* packed,
              uint8_t padding, int32_t input_zero_point, const int32_t* bias, uint8_t* scratch,
              const Store& store) {
  const PairLayout layout(shape);
  const Scratch parts(shape);
  auto* init = reinterpret_cast<int32_t*>(scratch + parts.init);
  const auto* sums = reinterpret_cast<const int32_t*>(packed + layout.sums_offset());
  for (int64_t c = 0; c < layout.blocks * kBlock; ++c) {
    const uint32_t start = bias && c < layout.channels ? static_cast<uint32_t>(bias[c]) : 0u;
    init[c] = static_cast<int32_t>(start - static_cast<uint32_t>(input_zero_point) *
                                               static_cast<uint32_t>(sums[c]));
  }
  auto* outside = reinterpret_cast<T*>(scratch + parts.padding);
  std::memset(outside, padding, static_cast<size_t>(shape.input_c + kBlock));
  const auto** taps = reinterpret_cast<const T**>(scratch + parts.taps);
  const Pixels<T> pixels = {shape.multiplier};
  ForEachPixel(shape, input, outside, taps, [&](int64_t index) {
    v128_t acc[4];
    int64_t c = 0;
    if (shape.multiplier == 1) {
      for (; c + 2 * kBlock <= layout.channels; c += 2 * kBlock) {
        MultiplyPairs<2, true>(layout, pixels, taps, packed, init, c, kBlock, acc);
        store(acc[0], acc[1], index, c, 8);
        store(acc[2], acc[3], index, c + kBlock, 8);
      }
      if (c + kBlock <= layout.channels) {
        MultiplyPairs<1, true>(layout, pixels, taps, packed, init, c, kBlock, acc);
        store(acc[0], acc[1], index, c, 8);
        c += kBlock;
      }
    }
    for (; c < layout.channels; c += kBlock) {
      const int64_t count = std::min(layout.channels - c, kBlock);
      MultiplyPairs<1, false>(layout, pixels, taps, packed, init, c, count, acc);
      store(acc[0], acc[1], index, c, static_cast<int>(count));
    }
  });
}

// Four values that output channels [channel, channel + 4) see, of which `count` exist.
v128_t LoadFloats(const float* from, int64_t channel, int64_t count, int32_t multiplier) {
  if (multiplier == 1 && count == 4) return simd::Load(from + channel);
  float values[4] = {};
  for (int64_t i = 0; i < count; ++i) values[i] = from[(channel + i) / multiplier];
  return simd::Load(values);
}

// 4 * kVectors channels of one output position: several sums at a time hide the latency of the
// additions.
template <int kVectors>
void MultiplyFloats(const float* const* taps, int64_t tap_count, const float* weights,
                    int64_t channels, int64_t channel, const FloatResult& result, float* output) {
  v128_t sums[kVectors];
  for (int i = 0; i < kVectors; ++i) {
    sums[i] = result.bias ? simd::Load(result.bias + channel + 4 * i) : wasm_f32x4_splat(0);
  }
  for (int64_t t = 0; t < tap_count; ++t) {
    const float* x = taps[t] + channel;
    const float* w = weights + t * channels + channel;
    for (int i = 0; i < kVectors; ++i) {
      sums[i] = simd::MulAdd(simd::Load(x + 4 * i), simd::Load(w + 4 * i), sums[i]);
    }
  }
  const v128_t min = wasm_f32x4_splat(result.min);
  const v128_t max = wasm_f32x4_splat(result.max);
  for (int i = 0; i < kVectors; ++i) {
    simd::Store(output + channel + 4 * i, ClampFloats(sums[i], min, max));
  }
}

}  // namespace

template <typename T>
void PackPairs(const PairLayout& layout, const T* weights, int32_t zero_point, uint8_t* packed) {
  std::memset(packed, 0, static_cast<size_t>(layout.bytes()));
  auto* sums = reinterpret_cast<int32_t*>(packed + layout.sums_offset());
  for (int64_t c = 0; c < layout.channels; ++c) {
    auto* words = reinterpret_cast<int16_t*>(packed + c / kBlock * layout.block_bytes());
    for (int64_t t = 0; t < layout.taps; ++t) {
      const auto value = static_cast<int16_t>(weights[t * layout.channels + c] - zero_point);
      words[(t / 2 * kBlock + c % kBlock) * 2 + t % 2] = value;
      sums[c] += value;
    }
  }
}

template void PackPairs(const PairLayout&, const int8_t*, int32_t, uint8_t*);
template void PackPairs(const PairLayout&, const uint8_t*, int32_t, uint8_t*);

int64_t SimdScratch(const DepthwiseConv2dShape& shape) { return Scratch(shape).end; }

template <typename T>
void RunSimd(const DepthwiseConv2dShape& shape, const T* input, const uint8_t* packed,
             uint8_t padding, const QuantizedResult<T>& result, uint8_t* scratch) {
  WithQuantizedStore<T>(*result.requantize, [&](const auto& store) {
    RunBytes(shape, input, packed, padding, result.input_zero_point, result.bias, scratch,
             [&](v128_t low, v128_t high, int64_t index, int64_t channel, int count) {
               store(low, high, static_cast<size_t>(channel),
                     result.output + index * shape.output_c() + channel, count);
             });
  });
}

template void RunSimd(const DepthwiseConv2dShape&, const int8_t*, const uint8_t*, uint8_t,
                      const QuantizedResult<int8_t>&, uint8_t*);
template void RunSimd(const DepthwiseConv2dShape&, const uint8_t*, const uint8_t*, uint8_t,
                      const QuantizedResult<uint8_t>&, uint8_t*);

void RunSimd(const DepthwiseConv2dShape& shape, const int8_t* input, const uint8_t* packed,
             uint8_t padding, const DynamicResult& result, uint8_t* scratch) {
  auto* bias = reinterpret_cast<float*>(scratch + Scratch(shape).bias);
  for (int64_t c = 0; c < shape.output_c() + kBlock; ++c) {
    bias[c] = result.bias && c < shape.output_c() ? result.bias[c] : 0.0f;
  }
  const DynamicStore store(*result.dequantize);
  RunBytes(shape, input, packed, padding, result.params->zero_point, nullptr, scratch,
           [&](v128_t low, v128_t high, int64_t index, int64_t channel, int count) {
             store(low, high, result.params->scale, static_cast<size_t>(channel), bias + channel,
                   result.output + index * shape.output_c() + channel, count);
           });
}

void RunSimd(const DepthwiseConv2dShape& shape, const float* input, const float* weights,
             const FloatResult& result, uint8_t* scratch) {
  const Scratch parts(shape);
  auto* outside = reinterpret_cast<float*>(scratch + parts.padding);
  std::memset(outside, 0, static_cast<size_t>(shape.input_c) * sizeof(float));
  const auto** taps = reinterpret_cast<const float**>(scratch + parts.taps);
  const int64_t tap_count = int64_t{shape.window.window_h} * shape.window.window_w;
  const int64_t channels = shape.output_c();
  const v128_t min = wasm_f32x4_splat(result.min);
  const v128_t max = wasm_f32x4_splat(result.max);
  ForEachPixel(shape, input, outside, taps, [&](int64_t index) {
    float* output = result.output + index * channels;
    int64_t c = 0;
    if (shape.multiplier == 1) {
      for (; c + 32 <= channels; c += 32) {
        MultiplyFloats<8>(taps, tap_count, weights, channels, c, result, output);
      }
      for (; c + 8 <= channels; c += 8) {
        MultiplyFloats<2>(taps, tap_count, weights, channels, c, result, output);
      }
    }
    for (; c < channels; c += 4) {
      const int64_t count = std::min<int64_t>(channels - c, 4);
      v128_t sum = result.bias ? LoadFloats(result.bias, c, count, 1) : wasm_f32x4_splat(0);
      for (int64_t t = 0; t < tap_count; ++t) {
        sum = simd::MulAdd(LoadFloats(taps[t], c, count, shape.multiplier),
                           LoadFloats(weights + t * channels, c, count, 1), sum);
      }
      sum = ClampFloats(sum, min, max);
      StoreFloats(sum, sum, output + c, static_cast<int>(count));
    }
  });
}

}  // namespace octolite::depthwise
