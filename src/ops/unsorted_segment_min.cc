#include "ops/common/unsorted_segment.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareUnsortedSegment(ctx, SegmentKind::kMin);
}

}  // namespace

extern const OpDef kUnsortedSegmentMinOp = {
    .op = BuiltinOp::kUnsortedSegmentMin,
    .prepare = Prepare,
};

}  // namespace octolite
