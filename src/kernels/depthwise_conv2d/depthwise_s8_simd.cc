#include <algorithm>
#include <cstdlib>

#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/depthwise_conv2d/depthwise_tile.h"
#include "kernels/output_stage.h"
#include "kernels/simd/kept.h"
#include "kernels/simd/relaxed.h"

namespace octolite::depthwise {
namespace {

using simd::DotKind;

struct StoreSums {
  static void Store(v128_t acc, int output, int half, uint8_t* to) {
    simd::Store(to + 32 * output + 16 * half, acc);
  }
};

struct Dot16 : StoreSums {
  static constexpr int kPixelBytes = 16;
  static constexpr int kHalfBytes = 8;
  static v128_t Load(const uint8_t* from) { return wasm_i16x8_load8x8(from); }
  static v128_t MultiplyAdd(v128_t weights, v128_t value, v128_t acc) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(weights, value));
  }
};

#if OCTOLITE_HAS_RELAXED_DOT
struct Dot8 : StoreSums {
  static constexpr int kPixelBytes = 32;
  static constexpr int kHalfBytes = 16;
  static v128_t Load(const uint8_t* from) { return simd::Load(from); }
  static v128_t MultiplyAdd(v128_t weights, v128_t value, v128_t acc) {
    return simd::RelaxedDot(weights, value, acc);
  }
};
#endif

// Calls store(sums, tile), sums[i * 8 + c] of pixel i and channel c.
template <typename Dot, typename Store>
void MultiplyAll(const SimdRun& run, const int32_t* init, uint8_t padding, uint8_t flip,
                 const Store& store) {
  ForEachTile<Dot>(run, init, padding, flip,
                   [&](TileFunction<Dot> multiply, const OutputTile& tile) {
                     alignas(16) int32_t sums[kMaxTile * kBlock];
                     multiply(Dot(), tile.seen, reinterpret_cast<uint8_t*>(sums));
                     store(sums, tile);
                   });
}

// The kernels multiply int8, but for the dot product that wants uint8.
template <typename T, typename Store>
void Run(const SimdRun& run, int32_t zero_point, const int32_t* bias, const Store& store) {
  const WeightsLayout& layout = run.layout;
  const bool is_unsigned = std::is_same_v<T, uint8_t>;
  const bool flip = is_unsigned != (layout.dot == DotKind::kUsdot);
  const int32_t flipped_by = is_unsigned ? -128 : 128;
  const auto correction = static_cast<uint32_t>(zero_point + (flip ? flipped_by : 0));
  auto* init = reinterpret_cast<int32_t*>(run.scratch);
  const auto* sums = reinterpret_cast<const int32_t*>(run.packed + layout.sums_offset());
  for (int64_t c = 0; c < layout.blocks * kBlock; ++c) {
    const uint32_t start = bias && c < layout.channels ? static_cast<uint32_t>(bias[c]) : 0u;
    init[c] = static_cast<int32_t>(start - correction * static_cast<uint32_t>(sums[c]));
  }
  const auto padding = static_cast<uint8_t>(zero_point);
  const uint8_t mask = flip ? 0x80 : 0;
#if OCTOLITE_HAS_RELAXED_DOT
  if (layout.dot != DotKind::kDot16) {
    return MultiplyAll<Dot8>(run, init, padding, mask, store);
  }
#endif
  MultiplyAll<Dot16>(run, init, padding, mask, store);
}

// Whether no sum reaches so far that adding it to the rounder's magic number changes the sign.
bool StaysSmall(const WeightsLayout& layout, const int32_t* bias, const QuantizedOutput& output) {
  if (output.rounding != Rounding::kFloat) return false;
  constexpr int64_t kLargestProduct = 255 * 255;
  for (int64_t c = 0; c < layout.channels; ++c) {
    const int64_t sum = layout.window_h * layout.window_w * kLargestProduct +
                        (bias ? std::abs(int64_t{bias[c]}) : 0);
    const float real = static_cast<float>(sum) * output.float_scale[static_cast<size_t>(c)];
    if (sum > INT32_MAX || !(real < 0.95f * simd::FloatRounder::kMagic)) return false;
  }
  return true;
}

// Rounding::kFloat of a tile whose sums stay small, the same bytes as QuantizedStore's: two pixels
// at a time, with what all of them need in registers.
template <typename T>
class SmallSums {
 public:
  explicit SmallSums(const QuantizedOutput& output)
      : scale_(output.float_scale.data()),
        magic_(simd::KeptSplat(simd::FloatRounder::kMagic)),
        offset_(wasm_i32x4_splat(simd::FloatRounder::kMagicBits - output.range.zero_point)),
        min_(wasm_i8x16_splat(static_cast<int8_t>(output.range.min))),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.range.max))) {}

  // Eight channels of `pixels` pixels, which are `stride` values apart.
  void operator()(const int32_t* sums, int64_t pixels, int64_t channel, T* to,
                  int64_t stride) const {
    const v128_t magic = magic_;
    const v128_t offset = offset_;
    const v128_t min = min_;
    const v128_t max = max_;
    const v128_t low = simd::Load(scale_ + channel);
    const v128_t high = simd::Load(scale_ + channel + 4);
    const auto round = [&](const int32_t* from, v128_t scale) {
      const v128_t real = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(simd::Load(from)), scale);
      return wasm_i32x4_sub(wasm_f32x4_add(real, magic), offset);
    };
    const auto words = [&](const int32_t* from) {
      return wasm_i16x8_narrow_i32x4(round(from, low), round(from + 4, high));
    };
    const auto bytes = [&](v128_t first, v128_t second) {
      if constexpr (std::is_same_v<T, int8_t>) {
        return wasm_i8x16_min(wasm_i8x16_max(wasm_i8x16_narrow_i16x8(first, second), min), max);
      } else {
        return wasm_u8x16_min(wasm_u8x16_max(wasm_u8x16_narrow_i16x8(first, second), min), max);
      }
    };
    int64_t i = 0;
    for (; i + 2 <= pixels; i += 2, sums += 2 * kBlock, to += 2 * stride) {
      const v128_t both = bytes(words(sums), words(sums + kBlock));
      wasm_v128_store64_lane(to, both, 0);
      wasm_v128_store64_lane(to + stride, both, 1);
    }
    if (i < pixels) {
      const v128_t last = words(sums);
      wasm_v128_store64_lane(to, bytes(last, last), 0);
    }
  }

 private:
  const float* scale_;
  v128_t magic_, offset_, min_, max_;
};

}  // namespace

template <typename T>
void RunS8(const SimdRun& run, const QuantizedResult<T>& result) {
  const int64_t channels = run.layout.channels;
  const bool small =
      channels % kBlock == 0 && StaysSmall(run.layout, result.bias, *result.requantize);
  if (small) {
    const SmallSums<T> store(*result.requantize);
    return Run<T>(run, result.input_zero_point, result.bias,
                  [&](const int32_t* sums, const OutputTile& tile) {
                    store(sums, tile.pixels, tile.channel,
                          result.output + tile.index * channels + tile.channel, channels);
                  });
  }
  WithQuantizedStore<T>(*result.requantize, [&](const auto& store) {
    Run<T>(run, result.input_zero_point, result.bias,
           [&](const int32_t* sums, const OutputTile& tile) {
             T* to = result.output + tile.index * channels + tile.channel;
             for (int64_t i = 0; i < tile.pixels; ++i, sums += kBlock, to += channels) {
               store(simd::Load(sums), simd::Load(sums + 4), static_cast<size_t>(tile.channel), to,
                     static_cast<int>(tile.channels));
             }
           });
  });
}

template void RunS8(const SimdRun&, const QuantizedResult<int8_t>&);
template void RunS8(const SimdRun&, const QuantizedResult<uint8_t>&);

void RunS8(const SimdRun& run, const DynamicResult& result) {
  const int64_t channels = run.layout.channels;
  auto* bias = reinterpret_cast<float*>(run.scratch) + run.layout.blocks * kBlock;
  std::fill_n(bias, run.layout.blocks * kBlock, 0.0f);
  if (result.bias) std::copy_n(result.bias, channels, bias);
  const DynamicStore store(*result.dequantize);
  Run<int8_t>(
      run, result.params->zero_point, nullptr, [&](const int32_t* sums, const OutputTile& tile) {
        const float scale = result.params->scale;
        float* to = result.output + tile.index * channels + tile.channel;
        for (int64_t i = 0; i < tile.pixels; ++i, sums += kBlock, to += channels) {
          store(simd::Load(sums), simd::Load(sums + 4), scale, static_cast<size_t>(tile.channel),
                bias + tile.channel, to, static_cast<int>(tile.channels));
        }
      });
}

}  // namespace octolite::depthwise
