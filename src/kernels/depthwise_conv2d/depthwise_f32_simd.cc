#include <algorithm>
#include <cstddef>

#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/depthwise_conv2d/depthwise_tile.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite::depthwise {
namespace {

struct Floats {
  static constexpr int kPixelBytes = 32;
  static constexpr int kHalfBytes = 16;
  static v128_t Load(const uint8_t* from) { return simd::Load(from); }
  static v128_t MultiplyAdd(v128_t weights, v128_t value, v128_t acc) {
    return simd::MulAdd(weights, value, acc);
  }
  void Store(v128_t acc, int output, int half, uint8_t* to) const {
    simd::Store(to + output * output_bytes + 16 * half, ClampFloats(acc, min, max));
  }
  v128_t min, max;
  ptrdiff_t output_bytes;  // from pixel to pixel
};

}  // namespace

void RunF32(const SimdRun& run, const FloatResult& result) {
  const auto channels = static_cast<ptrdiff_t>(run.layout.channels);
  auto* init = reinterpret_cast<float*>(run.scratch);
  std::fill_n(init, run.layout.blocks * kBlock, 0.0f);
  if (result.bias) std::copy_n(result.bias, channels, init);
  const auto pitch = static_cast<ptrdiff_t>(sizeof(float)) * channels;
  Floats dot = {wasm_f32x4_splat(result.min), wasm_f32x4_splat(result.max), pitch};
  Floats aside = dot;
  aside.output_bytes = kBlock * sizeof(float);
  ForEachTile<Floats>(run, init, 0, 0, [&](TileFunction<Floats> multiply, const OutputTile& tile) {
    float* to = result.output + tile.index * channels + tile.channel;
    if (tile.whole()) return multiply(dot, tile.seen, reinterpret_cast<uint8_t*>(to));
    alignas(16) float values[kMaxTile * kBlock];
    multiply(aside, tile.seen, reinterpret_cast<uint8_t*>(values));
    const float* from = values;
    for (int64_t i = 0; i < tile.pixels; ++i, from += kBlock, to += channels) {
      StoreFloats(simd::Load(from), simd::Load(from + 4), to, static_cast<int>(tile.channels));
    }
  });
}

}  // namespace octolite::depthwise
