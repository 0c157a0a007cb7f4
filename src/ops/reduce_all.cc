#include "ops/common/reduce.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareReduce(ctx, ReduceKind::kAll);
}

}  // namespace

extern const OpDef kReduceAllOp = {
    .op = BuiltinOp::kReduceAll,
    .prepare = Prepare,
};

}  // namespace octolite
