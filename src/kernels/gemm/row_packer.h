#pragma once

#include <cstdint>

#include "kernels/gemm/gemm_s8.h"
#include "kernels/gemm/parts.h"

namespace octolite {

// Rows of 8-bit activations in the form that the tiles of a DotKind read, padded with zeros to
// whole steps: with kDot16 as int16, less the zero point; with kSdot as int8 and with kUsdot as
// uint8, which differ from the other type by offset().
class RowPacker {
 public:
  explicit RowPacker(const GemmS8& gemm);

  // Bytes of a packed row.
  static int64_t RowBytes(const MatrixLayout& layout) { return layout.steps() * 4; }
  // Scratch memory of one thread for chunks of `rows` rows.
  static int64_t ScratchBytes(const MatrixLayout& layout, int64_t rows);

  // What the packed values are more than the rows'; 0 with kDot16.
  int32_t offset() const { return offset_; }

  // Packs rows [first, first + count), or leaves them where they lie.
  Rows Pack(int64_t first, int64_t count, uint8_t* scratch) const;

  // Values of an image of batch 1, or that needs no params, in the same form: `count` of them, or
  // of padding where `from` is null.
  void Convert(const uint8_t* from, int64_t count, uint8_t* to) const;
  static int64_t ConvertedBytes(const MatrixLayout& layout) {
    return layout.dot == simd::DotKind::kDot16 ? 2 : 1;
  }

  // The sum of row `r` of a chunk, of kSdot or kUsdot.
  int32_t Sum(const Chunk& chunk, int64_t r) const;

 private:
  // The zero point of row `m`, of values that are signed by now.
  int16_t WideZeroPoint(int64_t m) const;
  Rows PackBytes(int64_t first, int64_t count, uint8_t* packed, uint8_t* gathered) const;

  const GemmS8& gemm_;
  const MatrixLayout& layout_;
  uint8_t flip_;
  int32_t offset_ = 0;
};

}  // namespace octolite
