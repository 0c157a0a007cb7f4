#include "ops/common/unsorted_segment.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareUnsortedSegment(ctx, SegmentKind::kProd);
}

}  // namespace

extern const OpDef kUnsortedSegmentProdOp = {
    .op = BuiltinOp::kUnsortedSegmentProd,
    .prepare = Prepare,
};

}  // namespace octolite
