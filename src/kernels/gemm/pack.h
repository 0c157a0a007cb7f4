#pragma once

#include <cstdint>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/data_type.h"
#include "base/status.h"
#include "kernels/simd/dot_kind.h"

namespace octolite {

// Weights rearranged for the matrix kernels. The source is [n][k], row by row: n output channels of
// k values. Output channels go in blocks of eight; within a block, by depth:
//
//   float32              k steps of 8 floats
//   8 bits, kSdot/kUsdot k/4 steps of 8 channels x 4 bytes, signed (uint8 less 128); after the
//                        blocks the int32 sum of every channel
//   8 bits, kDot16       k/2 steps of 8 channels x 2 values, each less the zero point: as int16
//                        where `wide`, else as int8
//
// The depth may be in `segments` of equal length, of which each begins with a step of its own.
// Padding, in depth and in channels, is zero. `plain` weights, which 16-bit activations are
// multiplied with, are int8 or int16 and stay [n][k].
struct MatrixLayout {
  static constexpr int32_t kBlock = 8;
  static constexpr int64_t kManyRows = 4;  // from which on wide weights pay

  DataType type = DataType::kFloat32;  // float32, int8 or uint8; int16 where plain
  bool plain = false;
  simd::DotKind dot = simd::DotKind::kDot16;
  bool wide = false;  // only with kDot16
  int32_t zero_point = 0;
  int32_t n = 0;
  int32_t k = 0;
  int32_t segments = 1;  // a divisor of k; 1 where plain

  bool is_float() const { return type == DataType::kFloat32; }
  bool has_sums() const { return !plain && !is_float() && dot != simd::DotKind::kDot16; }
  // The zero point of 8-bit weights as they are stored with kSdot and kUsdot.
  int32_t stored_zero_point() const {
    return type == DataType::kUInt8 ? zero_point - 128 : zero_point;
  }
  int64_t blocks() const { return (static_cast<int64_t>(n) + kBlock - 1) / kBlock; }
  int64_t padded_n() const { return blocks() * kBlock; }
  // Depth values that one step takes, and steps of a block.
  int32_t depth_step() const { return is_float() ? 1 : (dot == simd::DotKind::kDot16 ? 2 : 4); }
  int64_t segment_k() const { return k / segments; }
  int64_t segment_steps() const { return (segment_k() + depth_step() - 1) / depth_step(); }
  int64_t steps() const { return segments * segment_steps(); }
  int64_t value_bytes() const { return is_float() ? 4 : (wide ? 2 : 1); }
  int64_t block_bytes() const { return steps() * depth_step() * kBlock * value_bytes(); }
  // Where the sums are, and the size of it all; a multiple of 64.
  int64_t sums_offset() const { return (blocks() * block_bytes() + 63) / 64 * 64; }
  int64_t bytes() const {
    if (plain) return (int64_t{n} * k * (type == DataType::kInt16 ? 2 : 1) + 63) / 64 * 64;
    const int64_t sums = has_sums() ? padded_n() * int64_t{sizeof(int32_t)} : 0;
    return (sums_offset() + sums + 63) / 64 * 64;
  }
};

// The weights that an operator is made with.
struct WeightsSource {
  DataType type = DataType::kFloat32;  // float32, int8 or uint8; int16 where plain
  int32_t zero_point = 0;
  bool plain = false;          // the activations are int16
  const void* data = nullptr;  // null: known only at run time, when they are packed on every run

  // Of a matrix [n][k] of them that `rows` rows are multiplied with, as far as is known. Wide
  // weights save the loop a conversion; few rows are bound by memory.
  MatrixLayout Layout(int32_t n, int64_t k, int64_t rows) const {
    MatrixLayout layout;
    layout.type = type;
    layout.plain = plain;
    layout.dot = simd::ProbeDotKind();
    layout.zero_point = zero_point;
    layout.n = n;
    layout.k = static_cast<int32_t>(k);
    layout.wide = !plain && !layout.is_float() && layout.dot == simd::DotKind::kDot16 &&
                  (rows >= MatrixLayout::kManyRows || layout.stored_zero_point() != 0);
    return layout;
  }
};

// Where the weights of a matrix lie among a tensor's elements. The depth of a channel is a box of
// rows x columns x inner values, layout.k in all; value (y, x, i) of channel n is element first + n
// * channel_stride + y * row_stride + x * column_stride + i * inner_stride.
struct WeightsView {
  int64_t first = 0;
  int64_t channel_stride = 0;
  int64_t rows = 1, row_stride = 0;
  int64_t columns = 1, column_stride = 0;
  int64_t inner = 0, inner_stride = 1;
};

// Writes layout.bytes() bytes.
void PackMatrix(const MatrixLayout& layout, const WeightsView& view, const void* weights,
                uint8_t* packed);

// The packed matrices of one operator, one after the other: made once when the weights are known
// beforehand, in scratch memory on every run when they are not.
class PackedWeights {
 public:
  void Add(const MatrixLayout& layout, const WeightsView& view);
  // After the last Add. `weights` null: not known yet. OUT_OF_MEMORY when there is no room.
  Status Finish(const void* weights);

  size_t count() const { return parts_.size(); }
  const MatrixLayout& layout(size_t i) const { return parts_[i].layout; }
  int64_t offset(size_t i) const { return parts_[i].offset; }
  size_t owned_bytes() const { return owned_.size(); }
  int64_t scratch_bytes() const { return packed_ ? 0 : bytes_; }

  // The packed bytes; matrix i begins at offset(i).
  const uint8_t* Get(const void* weights, uint8_t* scratch) const;

 private:
  struct Part {
    MatrixLayout layout;
    WeightsView view;
    int64_t offset = 0;
  };
  void PackInto(const void* weights, uint8_t* to) const;

  std::vector<Part> parts_;
  int64_t bytes_ = 0;
  bool packed_ = false;
  AlignedBuffer owned_;
};

}  // namespace octolite
