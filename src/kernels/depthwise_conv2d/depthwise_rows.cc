#include "kernels/depthwise_conv2d/depthwise_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

#include "kernels/depthwise_conv2d/depthwise_simd.h"
#include "kernels/simd/simd.h"

namespace octolite::depthwise {
namespace {

constexpr int64_t kChunkBytes = 16 * 1024;
constexpr int64_t kLineBytes = 64;
// A part of the work is large enough to be worth handing over, and has so many rows that few are
// made twice.
constexpr int64_t kPartProducts = 128 * 1024;
constexpr int64_t kLeastRows = 4;
constexpr int64_t kTiles[] = {8, 7, 4};
constexpr int64_t kNoRow = std::numeric_limits<int64_t>::min();

int64_t RoundUp(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

// The one that computes least beyond the end of a row.
int64_t ChooseTile(int64_t outputs) {
  return *std::ranges::min_element(kTiles, {},
                                   [&](int64_t tile) { return RoundUp(outputs, tile); });
}

// Interleaves the rows of a step, kBlocks blocks of eight channels of a pixel at a time; block by
// block `pitch` bytes apart.
template <int kRows>
struct Pixel;

template <>
struct Pixel<1> {
  using Element = float;
  static constexpr ptrdiff_t kBytes = 32;  // of a block
  static constexpr int64_t kBlocks = 2;
  template <int64_t kChannelBlocks>
  static void Store(const uint8_t* const* from, v128_t, uint8_t* to, ptrdiff_t pitch) {
    for (int i = 0; i < kChannelBlocks; ++i) {
      simd::Store(to + i * pitch, simd::Load(from[0] + 32 * i));
      simd::Store(to + i * pitch + 16, simd::Load(from[0] + 32 * i + 16));
    }
  }
};

v128_t LowBytes(v128_t first, v128_t second) {
  return wasm_i8x16_shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

v128_t HighBytes(v128_t first, v128_t second) {
  return wasm_i8x16_shuffle(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                            31);
}

// kBlocks * 8 bytes.
template <int64_t kChannelBlocks>
v128_t LoadChannels(const uint8_t* from, v128_t flip) {
  return wasm_v128_xor(kChannelBlocks == 2 ? simd::Load(from) : wasm_v128_load64_zero(from), flip);
}

template <>
struct Pixel<2> {
  using Element = uint8_t;
  static constexpr ptrdiff_t kBytes = 16;  // of a block
  static constexpr int64_t kBlocks = 2;
  template <int64_t kChannelBlocks>
  static void Store(const uint8_t* const* from, v128_t flip, uint8_t* to, ptrdiff_t pitch) {
    const v128_t first = LoadChannels<kChannelBlocks>(from[0], flip);
    const v128_t second = LoadChannels<kChannelBlocks>(from[1], flip);
    simd::Store(to, LowBytes(first, second));
    if (kChannelBlocks == 2) simd::Store(to + pitch, HighBytes(first, second));
  }
};

template <>
struct Pixel<4> {
  using Element = uint8_t;
  static constexpr ptrdiff_t kBytes = 32;  // of a block
  static constexpr int64_t kBlocks = 2;
  template <int64_t kChannelBlocks>
  static void Store(const uint8_t* const* from, v128_t flip, uint8_t* to, ptrdiff_t pitch) {
    v128_t row[4];
    for (int i = 0; i < 4; ++i) row[i] = LoadChannels<kChannelBlocks>(from[i], flip);
    StoreBlock(LowBytes(row[0], row[1]), LowBytes(row[2], row[3]), to);
    if (kChannelBlocks == 2) {
      StoreBlock(HighBytes(row[0], row[1]), HighBytes(row[2], row[3]), to + pitch);
    }
  }

 private:
  static void StoreBlock(v128_t upper, v128_t lower, uint8_t* to) {
    simd::Store(to, wasm_i16x8_shuffle(upper, lower, 0, 8, 1, 9, 2, 10, 3, 11));
    simd::Store(to + 16, wasm_i16x8_shuffle(upper, lower, 4, 12, 5, 13, 6, 14, 7, 15));
  }
};

}  // namespace

RowsLayout::RowsLayout(const DepthwiseConv2dShape& shape, const WeightsLayout& weights)
    : tile(ChooseTile(shape.window.output_w)) {
  const WindowGeometry& w = shape.window;
  const int64_t element_bytes = weights.is_float() ? 4 : 1;
  columns = (RoundUp(std::max(w.output_w, 1), tile) - 1) * w.stride_w +
            int64_t{w.window_w - 1} * w.dilation_w + 1;
  pixel_bytes = kBlock * weights.step_rows * element_bytes;
  row_bytes = columns * pixel_bytes;
  // Rows of a dilated window that lie between those it sees would only take room.
  steps = weights.steps;
  slots = w.dilation_h == 1 ? (weights.steps - 1) * weights.step_rows + 1 : weights.steps;
  const int64_t fit = kChunkBytes / block_bytes();
  const int64_t least = kLineBytes / (kBlock * element_bytes);
  chunk_blocks = std::clamp<int64_t>(fit, std::min(least, weights.blocks), weights.blocks);
  chunks = (weights.blocks + chunk_blocks - 1) / chunk_blocks;
  const int64_t products = w.output_w * chunk_blocks * kBlock * weights.window_h * weights.window_w;
  const int64_t rows = std::max(w.output_h, 1);
  grain = std::clamp(kPartProducts / std::max<int64_t>(products, 1),
                     std::min<int64_t>(rows, kLeastRows), rows);
}

Rows::Rows(const RowsSource& source, const WeightsLayout& weights, const RowsLayout& layout,
           uint8_t* scratch)
    : source_(source),
      weights_(weights),
      layout_(layout),
      pointers_(reinterpret_cast<const uint8_t**>(scratch)),
      row_in_slot_(reinterpret_cast<int64_t*>(scratch + layout.pointers_bytes())),
      base_(scratch + layout.slots_offset()) {}

int64_t Rows::RowOf(int64_t step) const {
  return top_ + step * weights_.step_rows * source_.shape->window.dilation_h;
}

int64_t Rows::SlotOf(int64_t step) const {
  if (source_.shape->window.dilation_h != 1) return step;
  const int64_t rest = RowOf(step) % layout_.slots;
  return rest < 0 ? rest + layout_.slots : rest;
}

void Rows::Fill(int64_t image, int64_t chunk, int64_t y) {
  const int64_t first_block = chunk * layout_.chunk_blocks;
  if (image != image_ || first_block != first_block_) {
    image_ = image;
    first_block_ = first_block;
    blocks_ = std::min(layout_.chunk_blocks, weights_.blocks - first_block);
    std::fill_n(row_in_slot_, layout_.slots, kNoRow);
  }
  const WindowGeometry& w = source_.shape->window;
  top_ = y * w.stride_h - w.pad_top;
  for (int64_t step = 0; step < weights_.steps; ++step) {
    const int64_t row = RowOf(step);
    const int64_t slot = SlotOf(step);
    uint8_t* to = base_ + slot * layout_.row_bytes;
    pointers_[step] = to;
    if (row_in_slot_[slot] == row) continue;
    row_in_slot_[slot] = row;
    if (weights_.step_rows == 1) {
      Make<1>(row, to);
    } else if (weights_.step_rows == 2) {
      Make<2>(row, to);
    } else {
      Make<4>(row, to);
    }
  }
}

template <int kRows, int64_t kBlocks>
void Rows::Interleave(const uint8_t* const* lines, int64_t channel, int64_t pixels,
                      uint8_t* to) const {
  using Element = typename Pixel<kRows>::Element;
  constexpr auto kBytes = static_cast<int64_t>(sizeof(Element));
  const v128_t flip = wasm_i8x16_splat(static_cast<int8_t>(source_.flip));
  alignas(16) uint8_t zeros[kBlocks * kBlock * kBytes];
  std::memset(zeros, source_.padding, sizeof(zeros));
  const uint8_t* from[kRows];
  ptrdiff_t step[kRows];
  for (int i = 0; i < kRows; ++i) {
    from[i] = lines[i] ? lines[i] + channel * kBytes : zeros;
    step[i] = lines[i] ? static_cast<ptrdiff_t>(source_.shape->input_c * kBytes) : 0;
  }
  const auto pitch = static_cast<ptrdiff_t>(layout_.block_bytes());
#pragma clang loop unroll_count(2)
  for (auto left = static_cast<ptrdiff_t>(pixels); left > 0; --left) {
    Pixel<kRows>::template Store<kBlocks>(from, flip, to, pitch);
    for (int i = 0; i < kRows; ++i) from[i] += step[i];
    to += Pixel<kRows>::kBytes;
  }
}

template <int kRows>
void Rows::Gather(const uint8_t* const* lines, int64_t channel, int64_t pixels, uint8_t* to) const {
  using Element = typename Pixel<kRows>::Element;
  const DepthwiseConv2dShape& s = *source_.shape;
  const v128_t flip = wasm_i8x16_splat(static_cast<int8_t>(source_.flip));
  const int64_t count = std::min(weights_.channels - channel, kBlock);
  alignas(16) Element values[kRows][kBlock] = {};
  const uint8_t* from[kRows];
  for (int i = 0; i < kRows; ++i) {
    from[i] = reinterpret_cast<const uint8_t*>(values[i]);
    if (!lines[i]) std::memset(values[i], source_.padding, sizeof(values[i]));
  }
  for (int64_t x = 0; x < pixels; ++x, to += Pixel<kRows>::kBytes) {
    for (int i = 0; i < kRows; ++i) {
      if (!lines[i]) continue;
      const Element* pixel = reinterpret_cast<const Element*>(lines[i]) + x * s.input_c;
      for (int64_t c = 0; c < count; ++c) values[i][c] = pixel[(channel + c) / s.multiplier];
    }
    Pixel<kRows>::template Store<1>(from, flip, to, 0);
  }
}

template <int kRows>
void Rows::Make(int64_t row, uint8_t* to) const {
  using Element = typename Pixel<kRows>::Element;
  constexpr int64_t kBlocks = Pixel<kRows>::kBlocks;
  const DepthwiseConv2dShape& s = *source_.shape;
  const uint8_t* lines[kRows];  // null outside the image
  for (int i = 0; i < kRows; ++i) {
    const int64_t y = row + i * int64_t{s.window.dilation_h};
    const int64_t first = (image_ * s.input_h + y) * s.input_w * s.input_c;
    lines[i] = y >= 0 && y < s.input_h
                   ? source_.input + first * static_cast<int64_t>(sizeof(Element))
                   : nullptr;
  }
  const int64_t left = std::min<int64_t>(s.window.pad_left, layout_.columns);
  const int64_t right = std::min(left + s.input_w, layout_.columns);
  const int64_t direct = s.multiplier == 1 ? weights_.channels / kBlock - first_block_ : int64_t{0};
  const int64_t pitch = layout_.block_bytes();
  for (int64_t b = 0; b < blocks_; ++b) Pad(to + b * pitch, left, right);
  to += left * layout_.pixel_bytes;
  for (int64_t b = 0; b < blocks_;) {
    const int64_t channel = (first_block_ + b) * kBlock;
    const int64_t left_over = std::min(direct, blocks_) - b;
    if (left_over >= kBlocks) {
      Interleave<kRows, kBlocks>(lines, channel, right - left, to + b * pitch);
      b += kBlocks;
    } else {
      if (left_over == 1) {
        Interleave<kRows, 1>(lines, channel, right - left, to + b * pitch);
      } else {
        Gather<kRows>(lines, channel, right - left, to + b * pitch);
      }
      ++b;
    }
  }
}

void Rows::Pad(uint8_t* row, int64_t left, int64_t right) const {
  const v128_t pad = wasm_i8x16_splat(static_cast<int8_t>(source_.padding ^ source_.flip));
  const auto fill = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin * layout_.pixel_bytes; i < end * layout_.pixel_bytes; i += 16) {
      simd::Store(row + i, pad);
    }
  };
  fill(0, left);
  fill(right, layout_.columns);
}

int64_t SimdScratch(const DepthwiseConv2dShape& shape, const WeightsLayout& layout, int threads) {
  return InitBytes(layout) + threads * RowsLayout(shape, layout).scratch_bytes();
}

}  // namespace octolite::depthwise
