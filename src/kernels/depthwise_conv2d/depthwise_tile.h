#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/depthwise_conv2d/depthwise_rows.h"
#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/simd/simd.h"

// The loops that the depthwise kernels share. Dot says how to multiply:
//   kPixelBytes            of eight channels in a row (RowsLayout)
//   Load(from)             four channels of a pixel
//   MultiplyAdd(w, x, acc) four channels, added up over the rows of a step

namespace octolite::depthwise {

inline constexpr int64_t kMaxTile = 8;

// Outputs that lie side by side, eight channels of each.
struct Tile {
  const uint8_t* const* rows = nullptr;  // of each step, from its first column on
  int64_t offset = 0;                    // bytes from there to what the first output sees
  const uint8_t* weights = nullptr;      // of the block
  const void* init = nullptr;            // eight values that the sums begin with
  int64_t steps = 0, window_w = 0;
  int64_t stride_bytes = 0, dilation_bytes = 0;  // from output to output, from tap to tap
};

// Writes sums [kOutputs][8].
using TileFunction = void (*)(const Tile& tile, void* sums);

// Columns of the window's width are multiplied while its weights are in registers, so that a
// column is loaded once for all outputs that see it.
template <typename Dot, int kOutputs, int kWidth, int kStride>
void MultiplyColumns(const Tile& tile, void* sums) {
  constexpr int kColumns = (kOutputs - 1) * kStride + kWidth;
  const uint8_t* weights = tile.weights;
  for (int half = 0; half < 2; ++half) {
    const v128_t init = simd::Load(static_cast<const uint8_t*>(tile.init) + 16 * half);
    v128_t acc[kOutputs];
    for (int o = 0; o < kOutputs; ++o) acc[o] = init;
    for (int64_t step = 0; step < tile.steps; ++step, weights += 16 * kWidth) {
      const uint8_t* row = tile.rows[step] + tile.offset + half * (Dot::kPixelBytes / 2);
      v128_t w[kWidth];
      for (int x = 0; x < kWidth; ++x) w[x] = simd::Load(weights + 16 * x);
#pragma clang loop unroll(full)
      for (int column = 0; column < kColumns; ++column) {
        const v128_t value = Dot::Load(row + column * Dot::kPixelBytes);
#pragma clang loop unroll(full)
        for (int o = 0; o < kOutputs; ++o) {
          const int x = column - o * kStride;
          if (x >= 0 && x < kWidth) acc[o] = Dot::MultiplyAdd(w[x], value, acc[o]);
        }
      }
    }
    for (int o = 0; o < kOutputs; ++o) {
      simd::Store(static_cast<uint8_t*>(sums) + 32 * o + 16 * half, acc[o]);
    }
  }
}

// Any window.
template <typename Dot, int kOutputs>
void MultiplyTaps(const Tile& tile, void* sums) {
  const uint8_t* weights = tile.weights;
  for (int half = 0; half < 2; ++half) {
    const v128_t init = simd::Load(static_cast<const uint8_t*>(tile.init) + 16 * half);
    v128_t acc[kOutputs];
    for (int o = 0; o < kOutputs; ++o) acc[o] = init;
    for (int64_t step = 0; step < tile.steps; ++step) {
      const uint8_t* tap = tile.rows[step] + tile.offset + half * (Dot::kPixelBytes / 2);
      for (int64_t x = 0; x < tile.window_w; ++x, tap += tile.dilation_bytes, weights += 16) {
        const v128_t w = simd::Load(weights);
        const uint8_t* from = tap;
#pragma clang loop unroll(full)
        for (int o = 0; o < kOutputs; ++o, from += tile.stride_bytes) {
          acc[o] = Dot::MultiplyAdd(w, Dot::Load(from), acc[o]);
        }
      }
    }
    for (int o = 0; o < kOutputs; ++o) {
      simd::Store(static_cast<uint8_t*>(sums) + 32 * o + 16 * half, acc[o]);
    }
  }
}

template <typename Dot, int kOutputs>
TileFunction ChooseTileOf(const WindowGeometry& w) {
  if (w.dilation_w == 1 && w.window_w == 3) {
    if (w.stride_w == 1) return MultiplyColumns<Dot, kOutputs, 3, 1>;
    if (w.stride_w == 2) return MultiplyColumns<Dot, kOutputs, 3, 2>;
  }
  if (w.dilation_w == 1 && w.window_w == 5) {
    if (w.stride_w == 1) return MultiplyColumns<Dot, kOutputs, 5, 1>;
    if (w.stride_w == 2) return MultiplyColumns<Dot, kOutputs, 5, 2>;
  }
  return MultiplyTaps<Dot, kOutputs>;
}

template <typename Dot>
TileFunction ChooseTile(const WindowGeometry& w, int64_t outputs) {
  if (outputs == 8) return ChooseTileOf<Dot, 8>(w);
  return outputs == 7 ? ChooseTileOf<Dot, 7>(w) : ChooseTileOf<Dot, 4>(w);
}

// Calls store(sums, pixels, first channel, channels, index of the first output pixel) for every
// tile of the output: sums[i * kBlock + c] for `pixels` of them and `channels` of eight channels.
// `init`: what the sums of every channel begin with, for blocks * 8 of them. `padding` is the byte
// that stands for zero, `flip` what every byte of the input is xored with.
template <typename Dot, typename Sum, typename Store>
void ForEachTile(const SimdRun& run, const Sum* init, uint8_t padding, uint8_t flip,
                 const Store& store) {
  const WindowGeometry& w = run.shape.window;
  const WeightsLayout& weights = run.layout;
  const RowsLayout layout(run.shape, weights);
  const RowsSource source = {&run.shape, static_cast<const uint8_t*>(run.input), padding, flip};
  const TileFunction multiply = ChooseTile<Dot>(w, layout.tile);
  uint8_t* scratch = run.scratch + InitBytes(weights);
  const auto part = [&](int64_t begin, int64_t end, int thread) {
    Rows rows(source, weights, layout, scratch + thread * layout.scratch_bytes());
    alignas(16) Sum sums[kMaxTile * kBlock];
    Tile tile;
    tile.steps = weights.steps;
    tile.window_w = weights.window_w;
    tile.stride_bytes = w.stride_w * layout.pixel_bytes;
    tile.dilation_bytes = w.dilation_w * layout.pixel_bytes;
    for (int64_t task = begin; task < end; ++task) {
      const int64_t y = task % w.output_h;
      const int64_t chunk = task / w.output_h % layout.chunks;
      const int64_t image = task / w.output_h / layout.chunks;
      rows.Fill(image, chunk, y);
      tile.rows = rows.steps();
      const int64_t first = chunk * layout.chunk_blocks;
      const int64_t last = std::min(first + layout.chunk_blocks, weights.blocks);
      for (int64_t block = first; block < last; ++block) {
        const int64_t channel = block * kBlock;
        tile.weights = run.packed + block * 2 * weights.half_bytes();
        tile.init = init + channel;
        for (int64_t x = 0; x < w.output_w; x += layout.tile) {
          tile.offset = (block - first) * layout.block_bytes() + x * tile.stride_bytes;
          multiply(tile, sums);
          store(sums, std::min(w.output_w - x, layout.tile), channel,
                std::min(weights.channels - channel, kBlock),
                (image * w.output_h + y) * w.output_w + x);
        }
      }
    }
  };
  run.parallel.For(run.shape.batch * layout.chunks * w.output_h, layout.grain, part);
}

}  // namespace octolite::depthwise
