#include <algorithm>

#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/depthwise_conv2d/depthwise_tile.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite::depthwise {
namespace {

struct Floats {
  static constexpr int64_t kPixelBytes = 32;
  static v128_t Load(const uint8_t* from) { return simd::Load(from); }
  static v128_t MultiplyAdd(v128_t weights, v128_t value, v128_t acc) {
    return simd::MulAdd(weights, value, acc);
  }
};

}  // namespace

void RunF32(const SimdRun& run, const FloatResult& result) {
  const int64_t channels = run.layout.channels;
  auto* init = reinterpret_cast<float*>(run.scratch);
  std::fill_n(init, run.layout.blocks * kBlock, 0.0f);
  if (result.bias) std::copy_n(result.bias, channels, init);
  const v128_t min = wasm_f32x4_splat(result.min);
  const v128_t max = wasm_f32x4_splat(result.max);
  ForEachTile<Floats, float>(
      run, init, 0, 0,
      [&](const float* sums, int64_t pixels, int64_t channel, int64_t count, int64_t index) {
        float* to = result.output + index * channels + channel;
        for (int64_t i = 0; i < pixels; ++i, sums += kBlock, to += channels) {
          StoreFloats(ClampFloats(simd::Load(sums), min, max),
                      ClampFloats(simd::Load(sums + 4), min, max), to, static_cast<int>(count));
        }
      });
}

}  // namespace octolite::depthwise
