#include <cstring>

#include "kernels/gemm/gemm_f32.h"
#include "kernels/gemm/parts.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite {
namespace {

// 6 x 8 sums, 2 vectors of weights and one of a row are the 15 registers that engines have before
// they spill; a product that is not fused takes one more.
#if defined(__wasm_relaxed_simd__)
constexpr int kTileRows = 6;
constexpr int kUnroll = 2;
#else
constexpr int kTileRows = 5;
constexpr int kUnroll = 4;
#endif
// With 4 channels only: as many rows as engines have registers for their addresses.
constexpr int kHalfTileRows = 8;
constexpr int kTileColumns = static_cast<int>(MatrixLayout::kBlock);

struct Bounds {
  v128_t min, max;
};

// A block of channels of all tiles of a chunk: 4 * kVectors of them, `weights` and `init` are the
// block's, `output` that of its first channel, of which there are `columns`.
template <int kRows, int kVectors>
void MultiplyBlock(const MatrixLayout& layout, const float* weights, const float* init,
                   const Chunk& chunk, const Bounds& bounds, float* output, int columns) {
  const int32_t segments = layout.segments;
  const auto depth = static_cast<int32_t>(layout.segment_k());
  for (int64_t t = 0; t < chunk.count; t += kRows) {
    const TileRows<kRows> tile(chunk, t);
    const float* row[kRows];
    v128_t acc[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int h = 0; h < kVectors; ++h) acc[r][h] = simd::Load(init + 4 * h);
    }
    const float* w = weights;
    const auto step = [&](int offset) {
      v128_t values[kVectors];
      for (int h = 0; h < kVectors; ++h) {
        values[h] = simd::Load(w + kTileColumns * offset + 4 * h);
      }
      for (int r = 0; r < kRows; ++r) {
        const v128_t value = wasm_v128_load32_splat(row[r] + offset);
        for (int h = 0; h < kVectors; ++h) acc[r][h] = simd::MulAdd(values[h], value, acc[r][h]);
      }
    };
    // A way out after every step ends a basic block. Without, the compiler orders the steps by sums
    // and not by weights, of which then many are alive, and the engine spills.
    for (int32_t s = 0; s < segments; ++s) {
      for (int r = 0; r < kRows; ++r) row[r] = tile.template Row<float>(chunk, r, s);
      w = weights + s * depth * kTileColumns;
      for (int32_t left = depth; left > 0;) {
#pragma clang loop unroll(full)
        for (int u = 0; u < kUnroll; ++u) {
          step(u);
          if (--left == 0) break;
        }
        w += kUnroll * kTileColumns;
        for (int r = 0; r < kRows; ++r) row[r] += kUnroll;
      }
    }
    for (int r = 0; r < kRows; ++r) {
      StoreFloats(ClampFloats(acc[r][0], bounds.min, bounds.max),
                  ClampFloats(acc[r][kVectors - 1], bounds.min, bounds.max),
                  output + chunk.positions[tile.index[r]], columns);
    }
  }
}

// The same for a single row: several sums that are added at the end hide the latency of additions.
void MultiplyRow(const MatrixLayout& layout, const float* weights, const float* init,
                 const Chunk& chunk, const Bounds& bounds, float* output, int columns) {
  constexpr int kChains = 4;
  const auto* row = reinterpret_cast<const float*>(chunk.data);
  int64_t depth = layout.k;
  v128_t acc[kChains][2];
  for (int h = 0; h < 2; ++h) {
    acc[0][h] = simd::Load(init + 4 * h);
    for (int chain = 1; chain < kChains; ++chain) acc[chain][h] = wasm_f32x4_splat(0);
  }
  const auto step = [&](int chain) {
    const v128_t value = wasm_v128_load32_splat(row + chain);
    for (int h = 0; h < 2; ++h) {
      const v128_t w = simd::Load(weights + kTileColumns * chain + 4 * h);
      acc[chain][h] = simd::MulAdd(w, value, acc[chain][h]);
    }
  };
  for (; depth >= kChains; depth -= kChains) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < kChains; ++chain) step(chain);
    weights += kChains * kTileColumns;
    row += kChains;
  }
  for (; depth > 0; --depth) {
    step(0);
    weights += kTileColumns;
    ++row;
  }
  for (int h = 0; h < 2; ++h) {
    acc[0][h] =
        wasm_f32x4_add(wasm_f32x4_add(acc[0][h], acc[1][h]), wasm_f32x4_add(acc[2][h], acc[3][h]));
  }
  StoreFloats(ClampFloats(acc[0][0], bounds.min, bounds.max),
              ClampFloats(acc[0][1], bounds.min, bounds.max), output + chunk.positions[0], columns);
}

void MultiplyChunk(const MatrixProduct& gemm, const ProductPart& part, const float* init,
                   const Chunk& chunk, const Bounds& bounds, float* output) {
  const MatrixLayout& layout = *gemm.layout;
  for (int64_t block = part.first_block; block < part.last_block; ++block) {
    const auto column = static_cast<int32_t>(block * kTileColumns);
    const int columns = std::min(layout.n - column, kTileColumns);
    auto* multiply = &MultiplyBlock<kTileRows, 2>;
    if (chunk.count <= 4) multiply = &MultiplyBlock<4, 2>;
    if (chunk.count <= 2) multiply = &MultiplyBlock<2, 2>;
    if (columns <= 4) multiply = &MultiplyBlock<kHalfTileRows, 1>;
    if (chunk.count == 1 && layout.segments == 1) multiply = &MultiplyRow;
    multiply(layout, reinterpret_cast<const float*>(gemm.packed + block * layout.block_bytes()),
             init + column, chunk, bounds, output + gemm.first_channel + column, columns);
  }
}

// Parts of the scratch memory: the padded bias, then for each thread the rows of a chunk or the
// band of a window.
struct Scratch {
  Scratch(const MatrixLayout& layout, const WindowSource* window)
      : row_bytes(int64_t{layout.k} * 4),
        chunk_rows(ChunkRows(row_bytes, kTileRows)),
        first_thread(Align64(layout.padded_n() * 4)),
        thread_bytes(
            Align64(window ? window->band_bytes() : chunk_rows * row_bytes + RowSource::kSlack)) {}
  int64_t row_bytes, chunk_rows, first_thread, thread_bytes;
};

void CopyFloats(const uint8_t* from, int64_t count, uint8_t* to) {
  const auto bytes = static_cast<size_t>(count) * sizeof(float);
  if (from == nullptr) {
    std::memset(to, 0, bytes);
  } else {
    std::memcpy(to, from, bytes);
  }
}

}  // namespace

int64_t GemmF32Scratch(const MatrixLayout& layout, const WindowSource* window, int threads) {
  const Scratch parts(layout, window);
  return parts.first_thread + threads * parts.thread_bytes;
}

void RunGemmF32(const MatrixProduct& gemm, const FloatResult& result) {
  const MatrixLayout& layout = *gemm.layout;
  const Scratch parts(layout, gemm.window);
  auto* init = reinterpret_cast<float*>(gemm.scratch);
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    init[c] = result.bias && c < layout.n ? result.bias[gemm.first_channel + c] : 0.0f;
  }
  const Bounds bounds = {wasm_f32x4_splat(result.min), wasm_f32x4_splat(result.max)};
  ForEachPart(gemm, kTileRows, [&](const ProductPart& part) {
    uint8_t* gathered = gemm.scratch + parts.first_thread + part.thread * parts.thread_bytes;
    const auto multiply = [&](const Chunk& chunk) {
      MultiplyChunk(gemm, part, init, chunk, bounds, result.output);
    };
    if (gemm.window != nullptr) {
      ForEachWindowChunk(gemm, part, gathered, CopyFloats, multiply);
      return;
    }
    const auto get = [&](int64_t first, int64_t count) {
      return gemm.rows->Get(first, count, gathered, parts.row_bytes);
    };
    ForEachChunk(gemm, part, parts.chunk_rows, get, multiply);
  });
}

}  // namespace octolite
