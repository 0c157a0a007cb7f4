#pragma once

#include <cstdint>

#include "kernels/depthwise_conv2d/depthwise_conv2d.h"
#include "kernels/depthwise_conv2d/depthwise_weights.h"

namespace octolite::depthwise {

// How rows of the image lie in scratch memory while output is computed from them: for each block of
// eight channels, and the rows of a step one above another,
//
//   [column][half][4 channels][rows of a step]
//
// with the padding in place, so that the kernels know of no border. Output rows share them: each is
// kept in one of some slots until another one needs the slot. As many blocks as fit the first level
// cache are done from top to bottom before the next.
struct RowsLayout {
  RowsLayout(const DepthwiseConv2dShape& shape, const WeightsLayout& weights);

  // From a row of one block to that of the next.
  int64_t block_bytes() const { return slots * row_bytes; }
  // What a thread needs, a multiple of 64: where the rows of the steps begin, which row each slot
  // has, and the slots.
  int64_t pointers_bytes() const { return (steps * int64_t{sizeof(void*)} + 63) / 64 * 64; }
  int64_t slots_offset() const { return pointers_bytes() + (slots * 8 + 63) / 64 * 64; }
  int64_t scratch_bytes() const {
    return slots_offset() + (chunk_blocks * block_bytes() + 63) / 64 * 64;
  }

  int64_t tile;     // outputs side by side that are computed at a time
  int64_t columns;  // those beyond the last output of a row too
  int64_t pixel_bytes;
  int64_t row_bytes;
  int64_t steps, slots;
  int64_t chunk_blocks, chunks;
  int64_t grain;  // output rows of a chunk that threads take at a time
};

// What the rows are made from.
struct RowsSource {
  const DepthwiseConv2dShape* shape = nullptr;
  const uint8_t* input = nullptr;
  uint8_t padding = 0;  // byte that stands for zero
  uint8_t flip = 0;     // every byte is xored with
};

// The rows in scratch memory of one thread.
class Rows {
 public:
  // `scratch`: layout.scratch_bytes() bytes, 64-byte aligned. Keeps references to all of them.
  Rows(const RowsSource& source, const WeightsLayout& weights, const RowsLayout& layout,
       uint8_t* scratch);

  // Makes what output row `y` of image `image` sees, of the blocks of chunk `chunk`.
  void Fill(int64_t image, int64_t chunk, int64_t y);

  // Where those of every step begin, of the first block; the next are layout.block_bytes() apart.
  const uint8_t* const* steps() const { return pointers_; }

 private:
  int64_t RowOf(int64_t step) const;
  int64_t SlotOf(int64_t step) const;
  // The rows of a step from image row `row` on, of all blocks of the chunk.
  template <int kRows>
  void Make(int64_t row, uint8_t* to) const;
  // The pixels inside the image, from where the rows of the step begin there (null: outside):
  // kBlocks blocks whose channels lie in the image as they do in the output, or any one block.
  template <int kRows, int64_t kBlocks>
  void Interleave(const uint8_t* const* lines, int64_t channel, int64_t pixels, uint8_t* to) const;
  template <int kRows>
  void Gather(const uint8_t* const* lines, int64_t channel, int64_t pixels, uint8_t* to) const;
  // The columns before `left` and from `right` on.
  void Pad(uint8_t* row, int64_t left, int64_t right) const;

  const RowsSource& source_;
  const WeightsLayout& weights_;
  const RowsLayout& layout_;
  const uint8_t** pointers_;
  int64_t* row_in_slot_;
  uint8_t* base_;
  int64_t image_ = -1, first_block_ = 0, blocks_ = 0, top_ = 0;
};

}  // namespace octolite::depthwise
