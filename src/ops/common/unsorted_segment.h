#pragma once

#include "kernels/segment/segment.h"
#include "ops/op_def.h"

namespace octolite {

// UNSORTED_SEGMENT_*: the rows of input 0 folded into those of the output, row i into
// segment_ids[i] (input 1) of num_segments (input 2).
Result<std::unique_ptr<OpKernel>> PrepareUnsortedSegment(PrepareContext& ctx, SegmentKind kind);

}  // namespace octolite
