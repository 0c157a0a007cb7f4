#include <algorithm>

#include "kernels/gemm/gemm_f32.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite {
namespace {

constexpr int kTileRows = 6;
constexpr int kTileColumns = static_cast<int>(MatrixLayout::kBlock);
// As in the 8-bit kernel: gathered rows that share a block of weights while it is near.
constexpr int64_t kMaxTiles = 8;
constexpr int64_t kChunkBytes = 16 * 1024;

// tile[r][c] = init[c] + sum over depth. With few rows, several sums that are added at the end hide
// the latency of the additions.
template <int kRows>
void MultiplyTile(const float* weights, const float* const* rows, int64_t depth, const float* init,
                  v128_t* tile) {
  constexpr int kChains = kRows == 1 ? 4 : (kRows <= 3 ? 2 : 1);
  constexpr int kUnroll = 4;
  const float* row[kRows];
  v128_t acc[kChains][kRows][2];
  for (int r = 0; r < kRows; ++r) {
    row[r] = rows[r];
    for (int h = 0; h < 2; ++h) {
      acc[0][r][h] = simd::Load(init + 4 * h);
      for (int chain = 1; chain < kChains; ++chain) acc[chain][r][h] = wasm_f32x4_splat(0);
    }
  }
  const auto step = [&](int chain, int offset) {
    const v128_t low = simd::Load(weights + kTileColumns * offset);
    const v128_t high = simd::Load(weights + kTileColumns * offset + 4);
    for (int r = 0; r < kRows; ++r) {
      const v128_t value = wasm_v128_load32_splat(row[r] + offset);
      acc[chain][r][0] = simd::MulAdd(low, value, acc[chain][r][0]);
      acc[chain][r][1] = simd::MulAdd(high, value, acc[chain][r][1]);
    }
  };
  for (; depth >= kUnroll; depth -= kUnroll) {
#pragma clang loop unroll(full)
    for (int u = 0; u < kUnroll; ++u) step(u % kChains, u);
    weights += kUnroll * kTileColumns;
    for (int r = 0; r < kRows; ++r) row[r] += kUnroll;
  }
  for (; depth > 0; --depth) {
    step(0, 0);
    weights += kTileColumns;
    for (int r = 0; r < kRows; ++r) ++row[r];
  }
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < 2; ++h) {
      for (int chain = 1; chain < kChains; ++chain) {
        acc[0][r][h] = wasm_f32x4_add(acc[0][r][h], acc[chain][r][h]);
      }
      tile[2 * r + h] = acc[0][r][h];
    }
  }
}

using TileFunction = void (*)(const float*, const float* const*, int64_t, const float*, v128_t*);
constexpr TileFunction kTileFunctions[kTileRows] = {MultiplyTile<1>, MultiplyTile<2>,
                                                    MultiplyTile<3>, MultiplyTile<4>,
                                                    MultiplyTile<5>, MultiplyTile<6>};

int64_t RowBytes(const MatrixLayout& layout) {
  return (static_cast<int64_t>(layout.k) * 4 + 15) / 16 * 16;
}

int64_t ChunkTiles(const MatrixLayout& layout) {
  return std::clamp<int64_t>(kChunkBytes / std::max<int64_t>(RowBytes(layout) * kTileRows, 1), 1,
                             kMaxTiles);
}

}  // namespace

int64_t GemmF32Scratch(const MatrixLayout& layout) {
  const int64_t bias = (layout.padded_n() * 4 + 63) / 64 * 64;
  return bias + (ChunkTiles(layout) * kTileRows * RowBytes(layout) + 63) / 64 * 64;
}

void RunGemmF32(const MatrixProduct& gemm, const FloatResult& result) {
  const auto& [bias, min, max, output] = result;
  const MatrixLayout& layout = *gemm.layout;
  const int64_t row_bytes = RowBytes(layout);
  auto* init = reinterpret_cast<float*>(gemm.scratch);
  uint8_t* chunk = gemm.scratch + (layout.padded_n() * 4 + 63) / 64 * 64;
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    init[c] = bias && c < layout.n ? bias[gemm.first_channel + c] : 0.0f;
  }
  const v128_t low_bound = wasm_f32x4_splat(min);
  const v128_t high_bound = wasm_f32x4_splat(max);
  const int64_t chunk_rows = ChunkTiles(layout) * kTileRows;
  const float* rows[kMaxTiles * kTileRows];
  v128_t tile[kTileRows * 2];
  for (int64_t first = 0; first < gemm.m; first += chunk_rows) {
    const int64_t count = std::min(gemm.m - first, chunk_rows);
    for (int64_t r = 0; r < count; ++r) {
      rows[r] = reinterpret_cast<const float*>(gemm.rows->Row(first + r, chunk + r * row_bytes));
    }
    for (int64_t block = 0; block < layout.blocks(); ++block) {
      const auto column = static_cast<int32_t>(block * kTileColumns);
      const int columns = std::min(layout.n - column, kTileColumns);
      const auto* weights =
          reinterpret_cast<const float*>(gemm.packed + block * layout.block_bytes());
      for (int64_t t = 0; t < count; t += kTileRows) {
        const int64_t tile_rows = std::min<int64_t>(count - t, kTileRows);
        kTileFunctions[tile_rows - 1](weights, rows + t, layout.k, init + column, tile);
        for (int64_t r = 0; r < tile_rows; ++r) {
          StoreFloats(ClampFloats(tile[2 * r], low_bound, high_bound),
                      ClampFloats(tile[2 * r + 1], low_bound, high_bound),
                      output + gemm.rows->OutputRow(first + t + r) * gemm.output_stride +
                          gemm.first_channel + column,
                      columns);
        }
      }
    }
  }
}

}  // namespace octolite
