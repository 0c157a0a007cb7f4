#include "ops/common/arg_min_max.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareArgMinMax(ctx, /*largest=*/false);
}

}  // namespace

extern const OpDef kArgMinOp = {
    .op = BuiltinOp::kArgMin,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2},
};

}  // namespace octolite
