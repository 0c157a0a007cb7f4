#pragma once

#include <algorithm>
#include <cstddef>
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

// Rows [first_row, first_row + rows) times blocks of channels [first_block, last_block). Rows of a
// window are whole lines of the output.
struct ProductPart {
  int64_t first_row, rows;
  int64_t first_block, last_block;
  int thread;
};

// Calls body(const ProductPart&) for parts that together are the product, on its threads: rows
// where there are enough of them, else blocks of channels.
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
  const int64_t unit = product.window ? product.window->line_rows() : tile_rows;
  const int64_t units = (product.m + unit - 1) / unit;
  if (units >= parts || units >= blocks) {
    const int64_t grain = std::max<int64_t>(units / parts, 1) * unit;
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

// Rows of a chunk as tiles read them, and where their results go. Row i begins at data +
// offsets[i]; its segment s lies `segments[s]` bytes further on.
struct Chunk {
  const uint8_t* data = nullptr;
  const ptrdiff_t* offsets = nullptr;
  const ptrdiff_t* segments = nullptr;
  int64_t first = 0;  // the matrix's row
  int64_t count = 0;
  const ptrdiff_t* positions = nullptr;  // of the rows, in elements of the output
  // Of the rows, where the weights' zero point asks for them.
  const int32_t* row_sums = nullptr;
};

// Calls run(const Chunk&) for every chunk of the part; get(first, count) returns its Rows.
template <typename Get, typename Run>
void ForEachChunk(const MatrixProduct& product, const ProductPart& part, int64_t chunk_rows,
                  const Get& get, const Run& run) {
  constexpr ptrdiff_t kSegment = 0;
  ptrdiff_t offsets[kMaxChunkRows];
  ptrdiff_t positions[kMaxChunkRows];
  int64_t output_rows[kMaxChunkRows];
  const int64_t end = part.first_row + part.rows;
  for (int64_t first = part.first_row; first < end; first += chunk_rows) {
    const int64_t count = std::min(end - first, chunk_rows);
    const Rows rows = get(first, count);
    product.rows->OutputRows(first, count, output_rows);
    for (int64_t r = 0; r < count; ++r) {
      offsets[r] = static_cast<ptrdiff_t>(r * rows.stride);
      positions[r] = static_cast<ptrdiff_t>(output_rows[r] * product.output_stride);
    }
    run(Chunk{rows.data, offsets, &kSegment, first, count, positions});
  }
}

// The same for the rows of a window, from bands of lines that `convert` puts into `buffer`
// (WindowSource::Band).
template <typename Convert, typename Run>
void ForEachWindowChunk(const MatrixProduct& product, const ProductPart& part, uint8_t* buffer,
                        const Convert& convert, const Run& run) {
  const WindowSource& window = *product.window;
  ptrdiff_t offsets[kMaxChunkRows];
  ptrdiff_t positions[kMaxChunkRows];
  const int64_t end = part.first_row + part.rows;
  for (int64_t first = part.first_row; first < end;) {
    const WindowSource::Band band = window.ConvertBand(product.images, first, end, buffer, convert);
    for (int64_t r = 0; r < band.rows; r += kMaxChunkRows) {
      const int64_t count = std::min(band.rows - r, kMaxChunkRows);
      window.Offsets(r, count, offsets);
      for (int64_t i = 0; i < count; ++i) {
        positions[i] = static_cast<ptrdiff_t>((first + r + i) * product.output_stride);
      }
      run(Chunk{band.data, offsets, window.segments(), first + r, count, positions});
    }
    first += band.rows;
  }
}

// The rows of tile `t` of a chunk. A tile that begins less than kRows before the end sees the last
// row again and again, computes it alike and stores it in the same place.
template <int kRows>
struct TileRows {
  TileRows(const Chunk& chunk, int64_t t) {
    const auto first = static_cast<int32_t>(t);
    const auto last = static_cast<int32_t>(chunk.count - 1);
    for (int r = 0; r < kRows; ++r) index[r] = std::min(first + r, last);
  }

  // Segment `s` of row `r`.
  template <typename T>
  const T* Row(const Chunk& chunk, int r, int32_t s) const {
    return reinterpret_cast<const T*>(chunk.data + chunk.offsets[index[r]] + chunk.segments[s]);
  }

  int32_t index[kRows];
};

}  // namespace octolite
