#include <algorithm>

#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/depthwise_conv2d/depthwise_tile.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite::depthwise {
namespace {

using simd::DotKind;

struct Dot16 {
  static constexpr int64_t kPixelBytes = 16;
  static v128_t Load(const uint8_t* from) { return wasm_i16x8_load8x8(from); }
  static v128_t MultiplyAdd(v128_t weights, v128_t value, v128_t acc) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(weights, value));
  }
};

#if OCTOLITE_HAS_RELAXED_DOT
struct Dot8 {
  static constexpr int64_t kPixelBytes = 32;
  static v128_t Load(const uint8_t* from) { return simd::Load(from); }
  static v128_t MultiplyAdd(v128_t weights, v128_t value, v128_t acc) {
    return simd::RelaxedDot(weights, value, acc);
  }
};
#endif

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
    return ForEachTile<Dot8, int32_t>(run, init, padding, mask, store);
  }
#endif
  ForEachTile<Dot16, int32_t>(run, init, padding, mask, store);
}

// Rounding::kFloat of a tile, the same bytes as QuantizedStore's, two pixels at a time and with
// what all of them need in registers.
template <typename T>
class FloatStore {
 public:
  explicit FloatStore(const QuantizedOutput& output)
      : scale_(output.float_scale.data()),
        rounder_(output.range),
        max_(wasm_i8x16_splat(static_cast<int8_t>(output.range.max))) {}

  // Eight channels of `pixels` pixels, which are `stride` values apart.
  void operator()(const int32_t* sums, int64_t pixels, int64_t channel, T* to,
                  int64_t stride) const {
    const simd::FloatRounder rounder = rounder_;
    const v128_t max = max_;
    const v128_t low = simd::Load(scale_ + channel);
    const v128_t high = simd::Load(scale_ + channel + 4);
    const auto words = [&](const int32_t* from) {
      return wasm_i16x8_narrow_i32x4(
          rounder(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(simd::Load(from)), low)),
          rounder(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(simd::Load(from + 4)), high)));
    };
    const auto bytes = [&](v128_t first, v128_t second) {
      if constexpr (std::is_same_v<T, int8_t>) {
        return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(first, second), max);
      } else {
        return wasm_u8x16_min(wasm_u8x16_narrow_i16x8(first, second), max);
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
  simd::FloatRounder rounder_;
  v128_t max_;
};

// Calls run(store) with a function store(sums, pixels, first channel, channels, to, stride).
template <typename T, typename Run>
void WithTileStore(const QuantizedOutput& output, const Run& run) {
  WithQuantizedStore<T>(output, [&](const auto& one) {
    const auto one_by_one = [&](const int32_t* sums, int64_t pixels, int64_t channel, int64_t count,
                                T* to, int64_t stride) {
      for (int64_t i = 0; i < pixels; ++i, sums += kBlock, to += stride) {
        one(simd::Load(sums), simd::Load(sums + 4), static_cast<size_t>(channel), to,
            static_cast<int>(count));
      }
    };
    if constexpr (std::is_same_v<std::decay_t<decltype(one)>,
                                 QuantizedStore<T, Rounding::kFloat>>) {
      const FloatStore<T> whole(output);
      run([&](const int32_t* sums, int64_t pixels, int64_t channel, int64_t count, T* to,
              int64_t stride) {
        if (count == kBlock) return whole(sums, pixels, channel, to, stride);
        one_by_one(sums, pixels, channel, count, to, stride);
      });
    } else {
      run(one_by_one);
    }
  });
}

}  // namespace

template <typename T>
void RunS8(const SimdRun& run, const QuantizedResult<T>& result) {
  const int64_t channels = run.layout.channels;
  WithTileStore<T>(*result.requantize, [&](const auto& store) {
    Run<T>(run, result.input_zero_point, result.bias,
           [&](const int32_t* sums, int64_t pixels, int64_t channel, int64_t count, int64_t index) {
             store(sums, pixels, channel, count, result.output + index * channels + channel,
                   channels);
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
      run, result.params->zero_point, nullptr,
      [&](const int32_t* sums, int64_t pixels, int64_t channel, int64_t count, int64_t index) {
        const float scale = result.params->scale;
        float* to = result.output + index * channels + channel;
        for (int64_t i = 0; i < pixels; ++i, sums += kBlock, to += channels) {
          store(simd::Load(sums), simd::Load(sums + 4), scale, static_cast<size_t>(channel),
                bias + channel, to, static_cast<int>(count));
        }
      });
}

}  // namespace octolite::depthwise
