#include "ops/common/reduce.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareReduce(ctx, ReduceKind::kMax);
}

}  // namespace

extern const OpDef kReduceMaxOp = {
    .op = BuiltinOp::kReduceMax,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1,
              .scale = ScaleRule::kSameScale,
              .int8_version = 2,
              .int16_version = 3},
};

}  // namespace octolite
