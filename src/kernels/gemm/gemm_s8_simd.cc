#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/gemm/gemm_s8.h"
#include "kernels/gemm/parts.h"
#include "kernels/gemm/row_packer.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite {
namespace {

using simd::DotKind;

constexpr int kTileColumns = static_cast<int>(MatrixLayout::kBlock);
// With 4 channels only: as many rows as engines have registers for their addresses.
constexpr int kHalfTileRows = 8;

// The ways to multiply a step of depth: 8 channels of weights with 4 bytes of a packed row. Sums, 2
// vectors of weights, one of a row and, unless the product is added at once, one for it are kept
// alive; engines have 15 registers before they spill.

// int16 rows by int16 weights.
struct DotWide {
  static constexpr int kTileRows = 5;
  static constexpr int kWeightBytes = 32;
  static v128_t LoadWeights(const uint8_t* from, int half) { return simd::Load(from + 16 * half); }
  static v128_t Multiply(v128_t weights, v128_t row, v128_t acc) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(weights, row));
  }
};

// int16 rows by int8 weights.
struct DotNarrow : DotWide {
  static constexpr int kWeightBytes = 16;
  static v128_t LoadWeights(const uint8_t* from, int half) {
    return wasm_i16x8_load8x8(from + 8 * half);
  }
};

#if OCTOLITE_HAS_RELAXED_DOT
// Bytes by bytes.
struct DotBytes {
  static constexpr int kTileRows = 6;
  static constexpr int kWeightBytes = 32;
  static v128_t LoadWeights(const uint8_t* from, int half) { return simd::Load(from + 16 * half); }
  static v128_t Multiply(v128_t weights, v128_t row, v128_t acc) {
    return simd::RelaxedDot(weights, row, acc);
  }
};
#endif

// A block of channels of all tiles of a chunk: 4 * kVectors of them; `weights` and `init` are the
// block's. Every tile's sums go to finish(sums, chunk, rows of the tile).
template <typename Dot, int kRows, int kVectors, typename Finish>
void MultiplyBlock(const MatrixLayout& layout, const uint8_t* weights, const int32_t* init,
                   const Chunk& chunk, const Finish& finish) {
  constexpr int kUnroll = 2;
  const int32_t segments = layout.segments;
  const auto steps = static_cast<int32_t>(layout.segment_steps());
  for (int64_t t = 0; t < chunk.count; t += kRows) {
    const TileRows<kRows> tile(chunk, t);
    const uint8_t* row[kRows];
    v128_t acc[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int h = 0; h < kVectors; ++h) acc[r][h] = simd::Load(init + 4 * h);
    }
    const uint8_t* w = weights;
    const auto step = [&](int offset) {
      v128_t values[kVectors];
      for (int h = 0; h < kVectors; ++h) {
        values[h] = Dot::LoadWeights(w + Dot::kWeightBytes * offset, h);
      }
      for (int r = 0; r < kRows; ++r) {
        const v128_t value = wasm_v128_load32_splat(row[r] + 4 * offset);
        for (int h = 0; h < kVectors; ++h) {
          acc[r][h] = Dot::Multiply(values[h], value, acc[r][h]);
        }
      }
    };
    // A way out after every step ends a basic block. Without, the compiler orders the steps by sums
    // and not by weights, of which then many are alive, and the engine spills.
    for (int32_t s = 0; s < segments; ++s) {
      for (int r = 0; r < kRows; ++r) row[r] = tile.template Row<uint8_t>(chunk, r, s);
      w = weights + s * steps * Dot::kWeightBytes;
      for (int32_t left = steps; left > 0;) {
#pragma clang loop unroll(full)
        for (int u = 0; u < kUnroll; ++u) {
          step(u);
          if (--left == 0) break;
        }
        w += kUnroll * Dot::kWeightBytes;
        for (int r = 0; r < kRows; ++r) row[r] += 4 * kUnroll;
      }
    }
    finish(acc, chunk, tile);
  }
}

// The same for a single row: several sums that are added at the end hide the latency of the dot
// product.
template <typename Dot, typename Finish>
void MultiplyRow(const MatrixLayout& layout, const uint8_t* weights, const int32_t* init,
                 const Chunk& chunk, const Finish& finish) {
  constexpr int kChains = 4;
  const uint8_t* row = chunk.data;
  int64_t steps = layout.steps();
  v128_t acc[kChains][2];
  for (int h = 0; h < 2; ++h) {
    acc[0][h] = simd::Load(init + 4 * h);
    for (int chain = 1; chain < kChains; ++chain) acc[chain][h] = wasm_i32x4_splat(0);
  }
  const auto step = [&](int chain) {
    const v128_t value = wasm_v128_load32_splat(row + 4 * chain);
    for (int h = 0; h < 2; ++h) {
      const v128_t w = Dot::LoadWeights(weights + Dot::kWeightBytes * chain, h);
      acc[chain][h] = Dot::Multiply(w, value, acc[chain][h]);
    }
  };
  for (; steps >= kChains; steps -= kChains) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < kChains; ++chain) step(chain);
    weights += kChains * Dot::kWeightBytes;
    row += 4 * kChains;
  }
  for (; steps > 0; --steps) {
    step(0);
    weights += Dot::kWeightBytes;
    row += 4;
  }
  v128_t sums[1][2];
  for (int h = 0; h < 2; ++h) {
    sums[0][h] =
        wasm_i32x4_add(wasm_i32x4_add(acc[0][h], acc[1][h]), wasm_i32x4_add(acc[2][h], acc[3][h]));
  }
  finish(sums, chunk, TileRows<1>(chunk, 0));
}

// What is done with the sums of a tile. Each is told the block of channels with Begin; channels are
// counted from the product's first, and `columns` of the block's eight exist. Where there are sums
// of four only, what stands for the other four is not stored.

// Rounding::kFloat, where no value reaches far enough to overflow; two rows at a time.
template <typename T>
struct FloatScaleFinish {
  FloatScaleFinish(const QuantizedOutput& requantize, int32_t first_channel, T* to)
      : scales(requantize.float_scale.data() + first_channel),
        output(to + first_channel),
        magic(wasm_f32x4_splat(simd::FloatRounder::kMagic)),
        offset(wasm_i32x4_splat(simd::FloatRounder::kMagicBits - requantize.range.zero_point)),
        min(wasm_i8x16_splat(static_cast<int8_t>(requantize.range.min))),
        max(wasm_i8x16_splat(static_cast<int8_t>(requantize.range.max))) {}

  FloatScaleFinish Begin(int32_t column, int32_t n) const {
    FloatScaleFinish block = *this;
    block.scales += column;
    block.output += column;
    block.columns = n - column;
    return block;
  }

  v128_t Words(v128_t low, v128_t high, v128_t low_scale, v128_t high_scale) const {
    const auto scale = [&](v128_t acc, v128_t by) {
      const v128_t real = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), by);
      return wasm_i32x4_sub(wasm_f32x4_add(real, magic), offset);
    };
    return wasm_i16x8_narrow_i32x4(scale(low, low_scale), scale(high, high_scale));
  }

  template <int kRows, int kVectors>
  void operator()(const v128_t (&acc)[kRows][kVectors], const Chunk& chunk,
                  const TileRows<kRows>& tile) const {
    const v128_t low_scale = simd::Load(scales);
    const v128_t high_scale = simd::Load(scales + 4);
    for (int r = 0; r < kRows; r += 2) {
      const int second = std::min(r + 1, kRows - 1);
      const v128_t first_words = Words(acc[r][0], acc[r][kVectors - 1], low_scale, high_scale);
      const v128_t second_words =
          second == r ? first_words
                      : Words(acc[second][0], acc[second][kVectors - 1], low_scale, high_scale);
      v128_t bytes;
      if constexpr (std::is_same_v<T, int8_t>) {
        bytes = wasm_i8x16_narrow_i16x8(first_words, second_words);
        bytes = wasm_i8x16_min(wasm_i8x16_max(bytes, min), max);
      } else {
        bytes = wasm_u8x16_narrow_i16x8(first_words, second_words);
        bytes = wasm_u8x16_min(wasm_u8x16_max(bytes, min), max);
      }
      T* first_to = output + chunk.positions[tile.index[r]];
      T* second_to = output + chunk.positions[tile.index[second]];
      if (columns >= kTileColumns) {
        wasm_v128_store64_lane(first_to, bytes, 0);
        if (second != r) wasm_v128_store64_lane(second_to, bytes, 1);
      } else {
        StoreBytes(static_cast<uint64_t>(wasm_i64x2_extract_lane(bytes, 0)), columns, first_to);
        if (second == r) continue;
        StoreBytes(static_cast<uint64_t>(wasm_i64x2_extract_lane(bytes, 1)), columns, second_to);
      }
    }
  }

  const float* scales;
  T* output;
  v128_t magic, offset, min, max;
  int columns = 0;
};

// Every other rounding, and weights with a zero point: row by row, by a function that is handed on.
// T: int8_t or uint8_t.
struct AnyFinish {
  using Put = void (*)(const void* store, v128_t low, v128_t high, size_t channel, uint8_t* to,
                       int columns);

  AnyFinish Begin(int32_t column, int32_t n) const {
    AnyFinish block = *this;
    block.channel += static_cast<size_t>(column);
    block.columns = std::min(n - column, kTileColumns);
    return block;
  }

  template <int kRows, int kVectors>
  void operator()(const v128_t (&acc)[kRows][kVectors], const Chunk& chunk,
                  const TileRows<kRows>& tile) const {
    for (int r = 0; r < kRows; ++r) {
      v128_t low = acc[r][0];
      v128_t high = acc[r][kVectors - 1];
      if (chunk.row_sums != nullptr) {
        const v128_t part = wasm_i32x4_splat(chunk.row_sums[tile.index[r]]);
        low = wasm_i32x4_sub(low, part);
        high = wasm_i32x4_sub(high, part);
      }
      put(store, low, high, channel, output + chunk.positions[tile.index[r]] + channel, columns);
    }
  }

  const void* store;
  Put put;
  uint8_t* output;
  size_t channel;
  int columns = 0;
};

// kCorrect: rows are not less their zero point yet.
template <bool kCorrect>
struct DynamicFinish {
  DynamicFinish Begin(int32_t column, int32_t n) const {
    DynamicFinish block = *this;
    block.channel += static_cast<size_t>(column);
    block.bias += column;
    if (kCorrect) block.sums += column;
    block.columns = std::min(n - column, kTileColumns);
    return block;
  }

  template <int kRows, int kVectors>
  void operator()(const v128_t (&acc)[kRows][kVectors], const Chunk& chunk,
                  const TileRows<kRows>& tile) const {
    for (int r = 0; r < kRows; ++r) {
      const DynamicRow& row = gemm->ParamsOf(chunk.first + tile.index[r]);
      v128_t low = acc[r][0];
      v128_t high = acc[r][kVectors - 1];
      if constexpr (kCorrect) {
        const v128_t zero_point = wasm_i32x4_splat(row.zero_point);
        low = wasm_i32x4_sub(low, wasm_i32x4_mul(zero_point, simd::Load(sums)));
        high = wasm_i32x4_sub(high, wasm_i32x4_mul(zero_point, simd::Load(sums + 4)));
      }
      store(low, high, row.scale, channel, bias, output + chunk.positions[tile.index[r]] + channel,
            columns);
    }
  }

  const GemmS8* gemm;
  DynamicStore store;
  const int32_t* sums;
  const float* bias;  // padded, of the product's first channel
  float* output;
  size_t channel;
  int columns = 0;
};

int64_t TileRowsOf(const MatrixLayout& layout) {
#if OCTOLITE_HAS_RELAXED_DOT
  if (layout.dot != DotKind::kDot16) return DotBytes::kTileRows;
#endif
  (void)layout;
  return DotWide::kTileRows;
}

// Parts of the scratch memory: where sums start and the bias, both padded, then for each thread the
// rows of a chunk or the band of a window.
struct Scratch {
  Scratch(const MatrixLayout& layout, const WindowSource* window)
      : chunk_rows(ChunkRows(RowPacker::RowBytes(layout), TileRowsOf(layout))),
        bias(Align64(layout.padded_n() * 4)),
        first_thread(2 * bias),
        thread_bytes(window ? Align64(window->band_bytes())
                            : RowPacker::ScratchBytes(layout, chunk_rows)) {}
  int64_t chunk_rows, bias, first_thread, thread_bytes;
};

// Where the sums of every channel start, into the scratch memory. Returns the largest bias in
// magnitude.
int64_t StartSums(const GemmS8& gemm, const RowPacker& packer, const int32_t* bias) {
  const MatrixLayout& layout = *gemm.product.layout;
  auto* init = reinterpret_cast<int32_t*>(gemm.product.scratch);
  int64_t largest = 0;
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    init[c] = bias && c < layout.n ? bias[gemm.product.first_channel + c] : 0;
    largest = std::max(largest, std::abs(int64_t{init[c]}));
  }
  if (!layout.has_sums()) return largest;
  const auto* sums = reinterpret_cast<const int32_t*>(gemm.product.packed + layout.sums_offset());
  const auto correction = static_cast<uint32_t>(packer.offset() + gemm.input_zero_point);
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    init[c] = static_cast<int32_t>(static_cast<uint32_t>(init[c]) -
                                   correction * static_cast<uint32_t>(sums[c]));
  }
  return largest;
}

template <typename Dot, typename Finish>
void RunWith(const GemmS8& gemm, const RowPacker& packer, const Finish& finish) {
  const MatrixLayout& layout = *gemm.product.layout;
  const Scratch parts(layout, gemm.product.window);
  const auto* init = reinterpret_cast<const int32_t*>(gemm.product.scratch);
  const int32_t weight_zero_point = layout.has_sums() ? layout.stored_zero_point() : 0;
  ForEachPart(gemm.product, Dot::kTileRows, [&](const ProductPart& part) {
    uint8_t* scratch = gemm.product.scratch + parts.first_thread + part.thread * parts.thread_bytes;
    const auto multiply = [&](Chunk chunk) {
      int32_t row_sums[kMaxChunkRows];
      if (weight_zero_point != 0) {
        // weight zero point * sum over the row of (value - input zero point)
        const auto less = static_cast<uint32_t>(layout.k) *
                          static_cast<uint32_t>(packer.offset() + gemm.input_zero_point);
        for (int64_t r = 0; r < chunk.count; ++r) {
          const int32_t sum = packer.Sum(chunk, r);
          row_sums[r] = static_cast<int32_t>(static_cast<uint32_t>(weight_zero_point) *
                                             (static_cast<uint32_t>(sum) - less));
        }
        chunk.row_sums = row_sums;
      }
      for (int64_t block = part.first_block; block < part.last_block; ++block) {
        const auto column = static_cast<int32_t>(block * kTileColumns);
        const uint8_t* weights = gemm.product.packed + block * layout.block_bytes();
        const Finish finish_block = finish.Begin(column, layout.n);
        // The rare roundings do without the tiles for few channels and rows.
        constexpr bool kAllTiles = !std::is_same_v<Finish, AnyFinish>;
        if (chunk.count == 1 && layout.segments == 1) {
          MultiplyRow<Dot>(layout, weights, init + column, chunk, finish_block);
        } else if (kAllTiles && chunk.count <= 2) {
          MultiplyBlock<Dot, 2, 2>(layout, weights, init + column, chunk, finish_block);
        } else if (kAllTiles && layout.n - column <= 4) {
          MultiplyBlock<Dot, kHalfTileRows, 1>(layout, weights, init + column, chunk, finish_block);
        } else {
          MultiplyBlock<Dot, Dot::kTileRows, 2>(layout, weights, init + column, chunk,
                                                finish_block);
        }
      }
    };
    if (gemm.product.window != nullptr) {
      const auto convert = [&](const uint8_t* from, int64_t count, uint8_t* to) {
        packer.Convert(from, count, to);
      };
      ForEachWindowChunk(gemm.product, part, scratch, convert, multiply);
      return;
    }
    const auto get = [&](int64_t first, int64_t count) {
      return packer.Pack(first, count, scratch);
    };
    ForEachChunk(gemm.product, part, parts.chunk_rows, get, multiply);
  });
}

// finish(dot) makes the Finish for tiles of that Dot.
template <typename MakeFinish>
void Run(const GemmS8& gemm, const RowPacker& packer, const MakeFinish& finish) {
  const MatrixLayout& layout = *gemm.product.layout;
#if OCTOLITE_HAS_RELAXED_DOT
  if (layout.dot != DotKind::kDot16) {
    return RunWith<DotBytes>(gemm, packer, finish(std::true_type()));
  }
#endif
  if (layout.wide) {
    RunWith<DotWide>(gemm, packer, finish(std::false_type()));
  } else {
    RunWith<DotNarrow>(gemm, packer, finish(std::false_type()));
  }
}

// Whether FloatScaleFinish rounds right: accumulators times scales stay where adding the magic
// number leaves a positive float.
bool StaysSmall(const GemmS8& gemm, const QuantizedOutput& requantize, int64_t largest_bias) {
  if (requantize.rounding != Rounding::kFloat) return false;
  const MatrixLayout& layout = *gemm.product.layout;
  if (layout.has_sums() && layout.stored_zero_point() != 0) return false;
  constexpr int64_t kLargestProduct = 255 * 255;
  const auto bound = static_cast<float>(
      std::min<int64_t>(layout.k * kLargestProduct + largest_bias, int64_t{1} << 31));

  const float* scales = requantize.float_scale.data() + gemm.product.first_channel;
  for (int32_t c = 0; c < layout.n; ++c) {
    if (!(scales[c] * bound < 0.95f * simd::FloatRounder::kMagic)) return false;
  }
  return true;
}

}  // namespace

int64_t GemmS8Scratch(const MatrixLayout& layout, const WindowSource* window, int threads) {
  const Scratch parts(layout, window);
  return parts.first_thread + threads * parts.thread_bytes;
}

template <typename T>
void GemmS8Quantized(const GemmS8& gemm, const int32_t* bias, const QuantizedOutput& requantize,
                     T* output) {
  const RowPacker packer(gemm);
  const int64_t largest_bias = StartSums(gemm, packer, bias);
  const int32_t first_channel = gemm.product.first_channel;
  if (StaysSmall(gemm, requantize, largest_bias)) {
    Run(gemm, packer, [&](auto) { return FloatScaleFinish<T>(requantize, first_channel, output); });
    return;
  }
  WithQuantizedStore<T>(requantize, [&](const auto& store) {
    using Store = std::decay_t<decltype(store)>;
    AnyFinish finish;
    finish.store = &store;
    finish.put = [](const void* to_store, v128_t low, v128_t high, size_t channel, uint8_t* to,
                    int columns) {
      (*static_cast<const Store*>(to_store))(low, high, channel, reinterpret_cast<T*>(to), columns);
    };
    finish.output = reinterpret_cast<uint8_t*>(output);
    finish.channel = static_cast<size_t>(first_channel);
    Run(gemm, packer, [&](auto) { return finish; });
  });
}

template void GemmS8Quantized(const GemmS8&, const int32_t*, const QuantizedOutput&, int8_t*);
template void GemmS8Quantized(const GemmS8&, const int32_t*, const QuantizedOutput&, uint8_t*);

void GemmS8Dynamic(const GemmS8& gemm, const float* bias, const DynamicOutput& dequantize,
                   float* output) {
  const MatrixLayout& layout = *gemm.product.layout;
  const RowPacker packer(gemm);
  StartSums(gemm, packer, nullptr);
  auto* padded_bias =
      reinterpret_cast<float*>(gemm.product.scratch + Scratch(layout, gemm.product.window).bias);
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    padded_bias[c] = bias && c < layout.n ? bias[gemm.product.first_channel + c] : 0.0f;
  }
  const auto* sums = reinterpret_cast<const int32_t*>(gemm.product.packed + layout.sums_offset());
  Run(gemm, packer, [&](auto correct) {
    return DynamicFinish<decltype(correct)::value>{
        &gemm,  DynamicStore(dequantize),
        sums,   padded_bias,
        output, static_cast<size_t>(gemm.product.first_channel)};
  });
}

}  // namespace octolite
