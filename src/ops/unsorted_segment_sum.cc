#include "ops/common/unsorted_segment.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareUnsortedSegment(ctx, SegmentKind::kSum);
}

}  // namespace

extern const OpDef kUnsortedSegmentSumOp = {
    .op = BuiltinOp::kUnsortedSegmentSum,
    .prepare = Prepare,
};

}  // namespace octolite
