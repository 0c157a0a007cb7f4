#include <algorithm>
#include <cstring>

#include "kernels/gemm/gemm_s8.h"
#include "kernels/output_stage.h"
#include "kernels/simd/relaxed.h"

namespace octolite {
namespace {

using simd::DotKind;

constexpr int kTileRows = 6;
constexpr int kTileColumns = static_cast<int>(MatrixLayout::kBlock);
// Rows that are gathered at a time, so that a block of weights is used for several tiles while it
// is in the first-level cache; as many as kChunkBytes hold.
constexpr int64_t kMaxTiles = 8;
constexpr int64_t kChunkBytes = 16 * 1024;

// Two ways to multiply a step of depth: 8 channels of weights with 4 bytes of a row.
struct Dot16 {
  static constexpr int kWeightBytes = 16;
  static v128_t LoadWeights(const uint8_t* from, int half) {
    return wasm_i16x8_load8x8(from + 8 * half);
  }
  static v128_t Multiply(v128_t weights, v128_t row, v128_t acc) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(weights, row));
  }
};

#if OCTOLITE_HAS_RELAXED_DOT
struct Dot8 {
  static constexpr int kWeightBytes = 32;
  static v128_t LoadWeights(const uint8_t* from, int half) { return simd::Load(from + 16 * half); }
  static v128_t Multiply(v128_t weights, v128_t row, v128_t acc) {
    return simd::RelaxedDot(weights, row, acc);
  }
};
#endif

// tile[r][c] = init[c] + sum over steps. The 6 x 8 form keeps 12 sums, 2 vectors of weights and one
// of a row alive: engines have 15 registers before they spill. With few rows, several sums that are
// added at the end hide the latency of the dot product.
template <typename Dot, int kRows>
void MultiplyTile(const uint8_t* weights, const uint8_t* const* rows, int64_t steps,
                  const int32_t* init, int32_t* tile) {
  constexpr int kChains = kRows == 1 ? 4 : (kRows <= 3 ? 2 : 1);
  constexpr int kUnroll = 4;
  const uint8_t* row[kRows];
  v128_t acc[kChains][kRows][2];
  for (int r = 0; r < kRows; ++r) {
    row[r] = rows[r];
    for (int h = 0; h < 2; ++h) {
      acc[0][r][h] = simd::Load(init + 4 * h);
      for (int chain = 1; chain < kChains; ++chain) acc[chain][r][h] = wasm_i32x4_splat(0);
    }
  }
  const auto step = [&](int chain, int offset) {
    const v128_t low = Dot::LoadWeights(weights + Dot::kWeightBytes * offset, 0);
    const v128_t high = Dot::LoadWeights(weights + Dot::kWeightBytes * offset, 1);
    for (int r = 0; r < kRows; ++r) {
      const v128_t value = wasm_v128_load32_splat(row[r] + 4 * offset);
      acc[chain][r][0] = Dot::Multiply(low, value, acc[chain][r][0]);
      acc[chain][r][1] = Dot::Multiply(high, value, acc[chain][r][1]);
    }
  };
  for (; steps >= kUnroll; steps -= kUnroll) {
#pragma clang loop unroll(full)
    for (int u = 0; u < kUnroll; ++u) step(u % kChains, u);
    weights += kUnroll * Dot::kWeightBytes;
    for (int r = 0; r < kRows; ++r) row[r] += 4 * kUnroll;
  }
  for (; steps > 0; --steps) {
    step(0, 0);
    weights += Dot::kWeightBytes;
    for (int r = 0; r < kRows; ++r) row[r] += 4;
  }
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < 2; ++h) {
      for (int chain = 1; chain < kChains; ++chain) {
        acc[0][r][h] = wasm_i32x4_add(acc[0][r][h], acc[chain][r][h]);
      }
      simd::Store(tile + r * kTileColumns + 4 * h, acc[0][r][h]);
    }
  }
}

using TileFunction = void (*)(const uint8_t*, const uint8_t* const*, int64_t, const int32_t*,
                              int32_t*);

template <typename Dot>
TileFunction ChooseTile(int rows) {
  constexpr TileFunction kTable[kTileRows] = {MultiplyTile<Dot, 1>, MultiplyTile<Dot, 2>,
                                              MultiplyTile<Dot, 3>, MultiplyTile<Dot, 4>,
                                              MultiplyTile<Dot, 5>, MultiplyTile<Dot, 6>};
  return kTable[rows - 1];
}

TileFunction ChooseTile(DotKind dot, int rows) {
#if OCTOLITE_HAS_RELAXED_DOT
  if (dot != DotKind::kDot16) return ChooseTile<Dot8>(rows);
#endif
  (void)dot;
  return ChooseTile<Dot16>(rows);
}

// Bytes of a row as tiles read it, padded to whole steps.
int64_t RowBytes(const MatrixLayout& layout) { return layout.steps() * 4; }

int64_t ChunkTiles(const MatrixLayout& layout) {
  return std::clamp<int64_t>(kChunkBytes / std::max<int64_t>(RowBytes(layout) * kTileRows, 1), 1,
                             kMaxTiles);
}

// Rows of the left matrix in the form that tiles read.
class RowPacker {
 public:
  RowPacker(const GemmS8& gemm, uint8_t* chunk, uint8_t* gathered)
      : gemm_(gemm),
        chunk_(chunk),
        gathered_(gathered),
        row_bytes_(RowBytes(*gemm.product.layout)),
        flip_((gemm.input_type == DataType::kUInt8) != (gemm.product.layout->dot == DotKind::kUsdot)
                  ? 0x80
                  : 0) {}

  // What the packed values are more than the rows'.
  int32_t offset() const {
    if (flip_ == 0) return 0;
    return gemm_.input_type == DataType::kUInt8 ? -128 : 128;
  }

  // Packs row `m` as row `slot` of the chunk, or leaves it where it lies; writes the sum of its
  // values to `sum` unless that is null.
  const uint8_t* Pack(int64_t m, int64_t slot, int32_t* sum) const {
    const MatrixLayout& layout = *gemm_.product.layout;
    const auto k = static_cast<size_t>(layout.k);
    uint8_t* packed = chunk_ + slot * row_bytes_;
    const bool widen = layout.dot == DotKind::kDot16;
    const uint8_t* row = gemm_.product.rows->Row(m, widen ? gathered_ : packed);
    if (sum != nullptr) *sum = Sum(row);
    if (widen) {
      Widen(row, k, reinterpret_cast<int16_t*>(packed));
      return packed;
    }
    if (flip_ == 0 && static_cast<int64_t>(k) == row_bytes_) return row;
    if (flip_ != 0) {
      Flip(row, k, packed);
    } else if (row != packed) {
      std::memcpy(packed, row, k);
    }
    std::memset(packed + k, 0, static_cast<size_t>(row_bytes_) - k);
    return packed;
  }

 private:
  int32_t Sum(const uint8_t* row) const {
    int64_t sum = 0;
    const bool is_signed = gemm_.input_type == DataType::kInt8;
    for (int32_t i = 0; i < gemm_.product.layout->k; ++i) {
      sum += is_signed ? static_cast<int8_t>(row[i]) : row[i];
    }
    return static_cast<int32_t>(sum);
  }

  void Flip(const uint8_t* row, size_t k, uint8_t* packed) const {
    const v128_t flip = wasm_i8x16_splat(static_cast<int8_t>(flip_));
    size_t i = 0;
    for (; i + 16 <= k; i += 16) simd::Store(packed + i, wasm_v128_xor(simd::Load(row + i), flip));
    for (; i < k; ++i) packed[i] = static_cast<uint8_t>(row[i] ^ flip_);
  }

  void Widen(const uint8_t* row, size_t k, int16_t* packed) const {
    const v128_t flip = wasm_i8x16_splat(static_cast<int8_t>(flip_));
    size_t i = 0;
    for (; i + 16 <= k; i += 16) {
      const v128_t bytes = wasm_v128_xor(simd::Load(row + i), flip);
      simd::Store(packed + i, wasm_i16x8_extend_low_i8x16(bytes));
      simd::Store(packed + i + 8, wasm_i16x8_extend_high_i8x16(bytes));
    }
    for (; i < k; ++i) packed[i] = static_cast<int8_t>(row[i] ^ flip_);
    if (k % 2 != 0) packed[k] = 0;
  }

  const GemmS8& gemm_;
  uint8_t* chunk_;
  uint8_t* gathered_;
  int64_t row_bytes_;
  uint8_t flip_;
};

int32_t WeightZeroPoint(const GemmS8& gemm) {
  return gemm.product.layout->type == DataType::kUInt8 ? gemm.weight_zero_point - 128
                                                       : gemm.weight_zero_point;
}

// Parts of the scratch memory, in order; RowBytes and its like are multiples of 4, so each part is
// rounded up to keep the next aligned.
struct Scratch {
  explicit Scratch(const MatrixLayout& layout)
      : init(0),
        bias(init + layout.padded_n() * 4),
        chunk((bias + layout.padded_n() * 4 + 63) / 64 * 64),
        gathered(chunk + (ChunkTiles(layout) * kTileRows * RowBytes(layout) + 63) / 64 * 64),
        end(gathered + (static_cast<int64_t>(layout.k) + 63) / 64 * 64) {}
  int64_t init, bias, chunk, gathered, end;
};

// Runs the product and hands every row of every tile to store(sums of 8 channels (low, high), m,
// where the row begins in the output, first column, columns). `bias` may be null.
template <typename Store>
void Run(const GemmS8& gemm, const int32_t* bias, const Store& store) {
  const MatrixLayout& layout = *gemm.product.layout;
  const Scratch parts(layout);
  auto* init = reinterpret_cast<int32_t*>(gemm.product.scratch + parts.init);
  const auto* sums = reinterpret_cast<const int32_t*>(gemm.product.packed + layout.sums_offset());
  const RowPacker packer(gemm, gemm.product.scratch + parts.chunk,
                         gemm.product.scratch + parts.gathered);
  const auto correction = static_cast<uint32_t>(packer.offset() + gemm.input_zero_point);
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    const uint32_t start =
        bias && c < layout.n ? static_cast<uint32_t>(bias[gemm.product.first_channel + c]) : 0u;
    init[c] = static_cast<int32_t>(start - correction * static_cast<uint32_t>(sums[c]));
  }

  const int32_t weight_zero_point = WeightZeroPoint(gemm);
  const int64_t chunk_rows = ChunkTiles(layout) * kTileRows;
  const uint8_t* rows[kMaxTiles * kTileRows];
  int32_t row_sums[kMaxTiles * kTileRows];
  size_t positions[kMaxTiles * kTileRows];
  alignas(16) int32_t tile[kTileRows * kTileColumns];
  for (int64_t first = 0; first < gemm.product.m; first += chunk_rows) {
    const int64_t count = std::min(gemm.product.m - first, chunk_rows);
    for (int64_t r = 0; r < count; ++r) {
      rows[r] = packer.Pack(first + r, r, weight_zero_point != 0 ? &row_sums[r] : nullptr);
      positions[r] =
          static_cast<size_t>(gemm.product.rows->OutputRow(first + r) * gemm.product.output_stride);
    }
    for (int64_t block = 0; block < layout.blocks(); ++block) {
      const auto column = static_cast<int32_t>(block * kTileColumns);
      const int columns = std::min(layout.n - column, kTileColumns);
      for (int64_t t = 0; t < count; t += kTileRows) {
        const int tile_rows = static_cast<int>(std::min<int64_t>(count - t, kTileRows));
        ChooseTile(layout.dot, tile_rows)(gemm.product.packed + block * layout.block_bytes(),
                                          rows + t, layout.steps(), init + column, tile);
        for (int r = 0; r < tile_rows; ++r) {
          v128_t low = simd::Load(tile + r * kTileColumns);
          v128_t high = simd::Load(tile + r * kTileColumns + 4);
          if (weight_zero_point != 0) {
            const uint32_t centred =
                static_cast<uint32_t>(row_sums[t + r]) -
                static_cast<uint32_t>(layout.k) * static_cast<uint32_t>(gemm.input_zero_point);
            const v128_t part = wasm_i32x4_splat(
                static_cast<int32_t>(static_cast<uint32_t>(weight_zero_point) * centred));
            low = wasm_i32x4_sub(low, part);
            high = wasm_i32x4_sub(high, part);
          }
          store(low, high, first + t + r, positions[t + r], column, columns);
        }
      }
    }
  }
}

}  // namespace

int64_t GemmS8Scratch(const MatrixLayout& layout) { return Scratch(layout).end; }

template <typename T>
void GemmS8Quantized(const GemmS8& gemm, const int32_t* bias, const QuantizedOutput& requantize,
                     T* output) {
  WithQuantizedStore<T>(requantize, [&](const auto& store) {
    Run(gemm, bias,
        [&](v128_t low, v128_t high, int64_t, size_t position, int32_t column, int columns) {
          const auto channel = static_cast<size_t>(int64_t{gemm.product.first_channel} + column);
          store(low, high, channel, output + position + channel, columns);
        });
  });
}

template void GemmS8Quantized(const GemmS8&, const int32_t*, const QuantizedOutput&, int8_t*);
template void GemmS8Quantized(const GemmS8&, const int32_t*, const QuantizedOutput&, uint8_t*);

void GemmS8Dynamic(const GemmS8& gemm, const DynamicRow* params, bool params_per_row,
                   const float* bias, const DynamicOutput& dequantize, float* output) {
  const MatrixLayout& layout = *gemm.product.layout;
  auto* padded_bias = reinterpret_cast<float*>(gemm.product.scratch + Scratch(layout).bias);
  for (int64_t c = 0; c < layout.padded_n(); ++c) {
    padded_bias[c] = bias && c < layout.n ? bias[gemm.product.first_channel + c] : 0.0f;
  }
  const auto* sums = reinterpret_cast<const int32_t*>(gemm.product.packed + layout.sums_offset());
  const DynamicStore store(dequantize);
  Run(gemm, nullptr,
      [&](v128_t low, v128_t high, int64_t m, size_t position, int32_t column, int columns) {
        const DynamicRow& row = params[params_per_row ? m : 0];
        const v128_t zero_point = wasm_i32x4_splat(row.zero_point);
        low = wasm_i32x4_sub(low, wasm_i32x4_mul(zero_point, simd::Load(sums + column)));
        high = wasm_i32x4_sub(high, wasm_i32x4_mul(zero_point, simd::Load(sums + column + 4)));
        const auto channel = static_cast<size_t>(int64_t{gemm.product.first_channel} + column);
        store(low, high, row.scale, channel, padded_bias + column, output + position + channel,
              columns);
      });
}

}  // namespace octolite
