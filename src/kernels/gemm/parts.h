#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/gemm/product.h"

// How the work of a product is cut up: parts for threads, and in a part chunks of rows that are put
// together once and multiplied with one block of channels after the other.

namespace octolite {

inline constexpr int64_t Align64(int64_t bytes) { return (bytes + 63) / 64 * 64; }

// Rows of a chunk, a multiple of those of a tile.
inline constexpr int64_t kMaxChunkRows = 60;

// So many rows that they and a block of weights stay in the second-level cache, and mostly in the
// first.
inline int64_t ChunkRows(int64_t row_bytes, int64_t tile_rows) {
  constexpr int64_t kChunkBytes = 64 * 1024;
  const int64_t tiles = kChunkBytes / std::max<int64_t>(row_bytes * tile_rows, 1);
  return std::clamp<int64_t>(tiles, 1, kMaxChunkRows / tile_rows) * tile_rows;
}

// Rows [first_row, first_row + rows) times blocks of channels [first_block, last_block).
struct ProductPart {
  int64_t first_row, rows;
  int64_t first_block, last_block;
  int thread;
};

// Calls body(const ProductPart&) for parts that together are the product, on its threads: tiles of
// rows where there are enough of them, else blocks of channels.
template <typename Body>
void ForEachPart(const MatrixProduct& product, int64_t tile_rows, const Body& body) {
  // Below, waking a thread takes longer than the work.
  constexpr int64_t kWorthSharing = 100'000;
  const MatrixLayout& layout = *product.layout;
  const int64_t blocks = layout.blocks();
  const ProductPart all = {0, product.m, 0, blocks, 0};
  if (product.parallel.threads() == 1 ||
      product.m * std::max<int64_t>(layout.k, 1) * layout.n < kWorthSharing) {
    body(all);
    return;
  }
  const int64_t parts = int64_t{product.parallel.threads()} * 4;
  const int64_t tiles = (product.m + tile_rows - 1) / tile_rows;
  if (tiles >= parts || tiles >= blocks) {
    const int64_t grain = std::max<int64_t>(tiles / parts, 1) * tile_rows;
    product.parallel.For(product.m, grain, [&](int64_t begin, int64_t end, int thread) {
      body(ProductPart{begin, end - begin, 0, blocks, thread});
    });
  } else {
    const int64_t grain = std::max<int64_t>(blocks / parts, 1);
    product.parallel.For(blocks, grain, [&](int64_t begin, int64_t end, int thread) {
      body(ProductPart{0, product.m, begin, end, thread});
    });
  }
}

// Rows of a chunk as tiles read them, and where their results go.
struct Chunk {
  Rows rows;
  int64_t first = 0;  // the matrix's row
  int64_t count = 0;
  const int64_t* positions = nullptr;  // of the rows, in elements of the output
  // Of the rows, where the weights' zero point asks for them.
  const int32_t* row_sums = nullptr;
};

// Calls run(const Chunk&) for every chunk of the part; get(first, count) returns its Rows.
template <typename Get, typename Run>
void ForEachChunk(const MatrixProduct& product, const ProductPart& part, int64_t chunk_rows,
                  const Get& get, const Run& run) {
  int64_t positions[kMaxChunkRows];
  const int64_t end = part.first_row + part.rows;
  for (int64_t first = part.first_row; first < end; first += chunk_rows) {
    const int64_t count = std::min(end - first, chunk_rows);
    product.rows->OutputRows(first, count, positions);
    for (int64_t r = 0; r < count; ++r) positions[r] *= product.output_stride;
    run(Chunk{get(first, count), first, count, positions});
  }
}

// The rows of tile `t` of a chunk. A tile that begins less than kRows before the end sees the last
// row again and again, computes it alike and stores it in the same place.
template <int kRows>
struct TileRows {
  TileRows(const Chunk& chunk, int64_t t) {
    const int64_t last = chunk.count - 1;
    for (int r = 0; r < kRows; ++r) index[r] = std::min(t + r, last);
  }
  int64_t index[kRows];
};

}  // namespace octolite
