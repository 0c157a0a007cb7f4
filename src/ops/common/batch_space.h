#pragma once

#include "ops/common/lists.h"

namespace octolite {

// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: pixels of a block, along some dimensions after the
// first, against the batch. The batch of the blocked side counts the pixels of a block first, then
// the images.
struct BatchSpaceParams {
  Shape output;
  Shape space;
  Shape batches;
  IntList blocks;
  IntList edges;
  size_t element_bytes = 1;
  bool to_batch = false;
};

// `blocks` has a size for each dimension that is blocked, `edges` pairs (before, after): what is
// added to the space, or cut off it.
Result<BatchSpaceParams> MakeSpaceToBatch(const Shape& input, const IntList& blocks,
                                          const IntList& edges, size_t element_bytes);
Result<BatchSpaceParams> MakeBatchToSpace(const Shape& input, const IntList& blocks,
                                          const IntList& edges, size_t element_bytes);

// Copies what both sides have.
void RunBatchSpace(const BatchSpaceParams& params, const uint8_t* from, uint8_t* to);

}  // namespace octolite
