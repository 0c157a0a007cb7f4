#include "kernels/gemm/row_packer.h"

#include <cstring>

#include "kernels/simd/simd.h"

namespace octolite {
namespace {

using simd::DotKind;

// packed[i] = int8(row[i] ^ flip) - zero_point for i in [0, k).
void Widen(const uint8_t* row, int64_t k, uint8_t flip, int16_t zero_point, int16_t* packed) {
  const v128_t flips = wasm_i8x16_splat(static_cast<int8_t>(flip));
  const v128_t zero = wasm_i16x8_splat(zero_point);
  const auto sixteen = [&](int64_t i) {
    const v128_t bytes = wasm_v128_xor(simd::Load(row + i), flips);
    simd::Store(packed + i, wasm_i16x8_sub(wasm_i16x8_extend_low_i8x16(bytes), zero));
    simd::Store(packed + i + 8, wasm_i16x8_sub(wasm_i16x8_extend_high_i8x16(bytes), zero));
  };
  if (k >= 16) {
    for (int64_t i = 0; i + 16 <= k; i += 16) sixteen(i);
    if (k % 16 != 0) sixteen(k - 16);  // over some of the last ones again
    return;
  }
  for (int64_t i = 0; i < k; ++i) {
    packed[i] = static_cast<int16_t>(static_cast<int8_t>(row[i] ^ flip) - zero_point);
  }
}

void Flip(const uint8_t* row, int64_t k, uint8_t flip, uint8_t* packed) {
  const v128_t flips = wasm_i8x16_splat(static_cast<int8_t>(flip));
  const auto sixteen = [&](int64_t i) {
    simd::Store(packed + i, wasm_v128_xor(simd::Load(row + i), flips));
  };
  if (k >= 16) {
    for (int64_t i = 0; i + 16 <= k; i += 16) sixteen(i);
    if (k % 16 != 0) sixteen(k - 16);
    return;
  }
  for (int64_t i = 0; i < k; ++i) packed[i] = static_cast<uint8_t>(row[i] ^ flip);
}

}  // namespace

RowPacker::RowPacker(const GemmS8& gemm)
    : gemm_(gemm),
      layout_(*gemm.product.layout),
      flip_((gemm.input_type == DataType::kUInt8) != (layout_.dot == DotKind::kUsdot) ? 0x80 : 0) {
  if (flip_ != 0 && layout_.dot != DotKind::kDot16) {
    offset_ = gemm.input_type == DataType::kUInt8 ? -128 : 128;
  }
}

int64_t RowPacker::ScratchBytes(const MatrixLayout& layout, int64_t rows) {
  return Align64(rows * RowBytes(layout) + RowSource::kSlack) +
         Align64(rows * layout.k + RowSource::kSlack);
}

Rows RowPacker::Pack(int64_t first, int64_t count, uint8_t* scratch) const {
  const int64_t row_bytes = RowBytes(layout_);
  uint8_t* packed = scratch;
  uint8_t* gathered = scratch + Align64(count * row_bytes + RowSource::kSlack);
  if (layout_.dot != DotKind::kDot16) return PackBytes(first, count, packed, gathered);
  const Rows rows = gemm_.product.rows->Get(first, count, gathered, layout_.k);
  for (int64_t r = 0; r < count; ++r) {
    auto* to = reinterpret_cast<int16_t*>(packed + r * row_bytes);
    Widen(rows.data + r * rows.stride, layout_.k, flip_, WideZeroPoint(first + r), to);
    if (layout_.k % 2 != 0) to[layout_.k] = 0;
  }
  return {packed, row_bytes};
}

Rows RowPacker::PackBytes(int64_t first, int64_t count, uint8_t* packed, uint8_t* gathered) const {
  const int64_t row_bytes = RowBytes(layout_);
  const bool padded = row_bytes != layout_.k;
  const Rows rows = flip_ != 0 ? gemm_.product.rows->Get(first, count, gathered, layout_.k)
                               : gemm_.product.rows->Get(first, count, packed, row_bytes);
  if (flip_ == 0 && !padded) return rows;
  for (int64_t r = 0; r < count; ++r) {
    const uint8_t* row = rows.data + r * rows.stride;
    uint8_t* to = packed + r * row_bytes;
    if (flip_ != 0) {
      Flip(row, layout_.k, flip_, to);
    } else if (row != to) {
      std::memcpy(to, row, static_cast<size_t>(layout_.k));
    }
    std::memset(to + layout_.k, 0, static_cast<size_t>(row_bytes - layout_.k));
  }
  return {packed, row_bytes};
}

void RowPacker::Convert(const uint8_t* from, int64_t count, uint8_t* to) const {
  const bool wide = layout_.dot == DotKind::kDot16;
  const int32_t zero_point = gemm_.ZeroPoint(0);
  if (from == nullptr) {
    const auto zero = static_cast<uint8_t>(wide ? 0 : static_cast<uint8_t>(zero_point) ^ flip_);
    std::memset(to, zero, static_cast<size_t>(wide ? 2 * count : count));
  } else if (wide) {
    Widen(from, count, flip_, WideZeroPoint(0), reinterpret_cast<int16_t*>(to));
  } else if (flip_ != 0) {
    Flip(from, count, flip_, to);
  } else {
    std::memcpy(to, from, static_cast<size_t>(count));
  }
}

int16_t RowPacker::WideZeroPoint(int64_t m) const {
  return static_cast<int16_t>(gemm_.ZeroPoint(m) -
                              (gemm_.input_type == DataType::kUInt8 ? 128 : 0));
}

int32_t RowPacker::Sum(const Chunk& chunk, int64_t r) const {
  uint32_t sum = 0;
  for (int32_t s = 0; s < layout_.segments; ++s) {
    const uint8_t* run = chunk.data + chunk.offsets[r] + chunk.segments[s];
    for (int64_t i = 0; i < layout_.segment_k(); ++i) {
      sum += static_cast<uint32_t>(layout_.dot == DotKind::kUsdot ? int32_t{run[i]}
                                                                  : static_cast<int8_t>(run[i]));
    }
  }
  return static_cast<int32_t>(sum);
}

}  // namespace octolite
