#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/depthwise_conv2d/depthwise_rows.h"
#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/simd/simd.h"

// The loops that the depthwise kernels share. Dot says how to multiply, and where sums go:
//   kPixelBytes              of eight channels in a row (RowsLayout)
//   kHalfBytes               of four
//   Load(from)               four channels of a pixel
//   MultiplyAdd(w, x, acc)   four channels, added up over the rows of a step
//   Store(acc, o, half, to)  sums of four channels of output `o`

namespace octolite::depthwise {

// Outputs that lie side by side, eight channels of each. What they see, and its weights:
struct Tile {
  const uint8_t* const* rows = nullptr;  // of each step
  ptrdiff_t offset = 0;                  // bytes from there to what the first output sees
  const uint8_t* weights = nullptr;
  const void* init = nullptr;  // eight values that the sums begin with
  ptrdiff_t steps = 0, window_w = 0;
  ptrdiff_t half_bytes = 0;                        // of the weights of four channels
  ptrdiff_t stride_bytes = 0, dilation_bytes = 0;  // from output to output, from tap to tap
};

template <typename Dot>
using TileFunction = void (*)(const Dot& dot, const Tile& tile, uint8_t* to);

// Calls add(step, acc) for either half of the channels and every step, then stores the sums.
template <typename Dot, int kOutputs, typename Add>
void SumUp(const Dot& dot, const Tile& tile, uint8_t* to, const Add& add) {
  for (int half = 0; half < 2; ++half) {
    const v128_t init = simd::Load(static_cast<const uint8_t*>(tile.init) + 16 * half);
    v128_t acc[kOutputs];
    for (int o = 0; o < kOutputs; ++o) acc[o] = init;
    const uint8_t* weights = tile.weights + half * tile.half_bytes;
    for (ptrdiff_t step = 0; step < tile.steps; ++step, weights += 16 * tile.window_w) {
      add(tile.rows[step] + tile.offset + half * Dot::kHalfBytes, weights, acc);
    }
    for (int o = 0; o < kOutputs; ++o) dot.Store(acc[o], o, half, to);
  }
}

// Columns of the window's width are multiplied while its weights are in registers, so that a
// column is loaded once for all outputs that see it.
template <typename Dot, int kOutputs, int kWidth, int kStride>
void MultiplyColumns(const Dot& dot, const Tile& tile, uint8_t* to) {
  constexpr int kColumns = (kOutputs - 1) * kStride + kWidth;
  SumUp<Dot, kOutputs>(dot, tile, to,
                       [&](const uint8_t* from, const uint8_t* weights, v128_t* acc) {
                         v128_t w[kWidth];
                         for (int x = 0; x < kWidth; ++x) w[x] = simd::Load(weights + 16 * x);
#pragma clang loop unroll(full)
                         for (int column = 0; column < kColumns; ++column) {
                           const v128_t value = Dot::Load(from + column * Dot::kPixelBytes);
#pragma clang loop unroll(full)
                           for (int o = 0; o < kOutputs; ++o) {
                             const int x = column - o * kStride;
                             if (x >= 0 && x < kWidth)
                               acc[o] = Dot::MultiplyAdd(w[x], value, acc[o]);
                           }
                         }
                       });
}

// Any window.
template <typename Dot, int kOutputs>
void MultiplyTaps(const Dot& dot, const Tile& tile, uint8_t* to) {
  SumUp<Dot, kOutputs>(
      dot, tile, to, [&](const uint8_t* from, const uint8_t* weights, v128_t* acc) {
        for (ptrdiff_t x = 0; x < tile.window_w; ++x, from += tile.dilation_bytes, weights += 16) {
          const v128_t w = simd::Load(weights);
          const uint8_t* pixel = from;
#pragma clang loop unroll(full)
          for (int o = 0; o < kOutputs; ++o, pixel += tile.stride_bytes) {
            acc[o] = Dot::MultiplyAdd(w, Dot::Load(pixel), acc[o]);
          }
        }
      });
}

template <typename Dot, int kOutputs>
TileFunction<Dot> ChooseTile(const WindowGeometry& w) {
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

// Of the tiles that RowsLayout chooses from.
template <typename Dot>
TileFunction<Dot> ChooseTile(const WindowGeometry& w, int64_t outputs) {
  if (outputs == 8) return ChooseTile<Dot, 8>(w);
  return outputs == 7 ? ChooseTile<Dot, 7>(w) : ChooseTile<Dot, 4>(w);
}

inline constexpr int64_t kMaxTile = 8;

struct OutputTile {
  Tile seen;
  int64_t tile = 0;      // outputs that are computed
  int64_t pixels = 0;    // of them that exist
  int64_t channel = 0;   // the first
  int64_t channels = 0;  // of eight that exist
  int64_t index = 0;     // of the first pixel in the output
  bool whole() const { return pixels == tile && channels == kBlock; }
};

// Calls run_tile(function, OutputTile) for every tile of the output. `init`: what the sums of every
// channel begin with, 4 bytes each, for whole blocks. `padding` is the byte that stands for zero,
// `flip` what every byte of the input is xored with.
template <typename Dot, typename RunTile>
void ForEachTile(const SimdRun& run, const void* init, uint8_t padding, uint8_t flip,
                 const RunTile& run_tile) {
  const WindowGeometry& w = run.shape.window;
  const WeightsLayout& weights = run.layout;
  const RowsLayout layout(run.shape, weights);
  const RowsSource source = {&run.shape, static_cast<const uint8_t*>(run.input), padding, flip};
  const TileFunction<Dot> multiply = ChooseTile<Dot>(w, layout.tile);
  uint8_t* scratch = run.scratch + InitBytes(weights);
  const auto part = [&](int64_t begin, int64_t end, int thread) {
    Rows rows(source, weights, layout, scratch + thread * layout.scratch_bytes());
    OutputTile tile;
    tile.tile = layout.tile;
    tile.seen.rows = rows.steps();
    tile.seen.steps = static_cast<ptrdiff_t>(weights.steps);
    tile.seen.window_w = w.window_w;
    tile.seen.half_bytes = static_cast<ptrdiff_t>(weights.half_bytes());
    tile.seen.stride_bytes = ptrdiff_t{w.stride_w} * Dot::kPixelBytes;
    tile.seen.dilation_bytes = ptrdiff_t{w.dilation_w} * Dot::kPixelBytes;
    for (int64_t task = begin; task < end; ++task) {
      const int64_t y = task % w.output_h;
      const int64_t chunk = task / w.output_h % layout.chunks;
      const int64_t image = task / w.output_h / layout.chunks;
      rows.Fill(image, chunk, y);
      const int64_t first = chunk * layout.chunk_blocks;
      const int64_t last = std::min(first + layout.chunk_blocks, weights.blocks);
      for (int64_t block = first; block < last; ++block) {
        tile.channel = block * kBlock;
        tile.channels = std::min(weights.channels - tile.channel, kBlock);
        tile.seen.weights = run.packed + block * 2 * weights.half_bytes();
        tile.seen.init = static_cast<const uint8_t*>(init) + tile.channel * 4;
        tile.seen.offset = static_cast<ptrdiff_t>((block - first) * layout.block_bytes());
        tile.index = (image * w.output_h + y) * w.output_w;
        for (int64_t left = w.output_w; left > 0; left -= layout.tile) {
          tile.pixels = std::min(left, layout.tile);
          run_tile(multiply, tile);
          tile.index += layout.tile;
          tile.seen.offset += static_cast<ptrdiff_t>(layout.tile) * tile.seen.stride_bytes;
        }
      }
    }
  };
  run.parallel.For(run.shape.batch * layout.chunks * w.output_h, layout.grain, part);
}

}  // namespace octolite::depthwise
