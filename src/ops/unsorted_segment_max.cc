#include "ops/common/unsorted_segment.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareUnsortedSegment(ctx, SegmentKind::kMax);
}

}  // namespace

extern const OpDef kUnsortedSegmentMaxOp = {
    .op = BuiltinOp::kUnsortedSegmentMax,
    .prepare = Prepare,
};

}  // namespace octolite
