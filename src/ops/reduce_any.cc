#include "ops/common/reduce.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareReduce(ctx, ReduceKind::kAny);
}

}  // namespace

extern const OpDef kReduceAnyOp = {
    .op = BuiltinOp::kReduceAny,
    .prepare = Prepare,
};

}  // namespace octolite
