#include <algorithm>
#include <cmath>

#include "ops/common/map.h"

namespace octolite {
namespace {

// By squaring, wrapping; exponent >= 0.
int32_t IntegerPower(int32_t base, int32_t exponent) {
  int32_t power = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) power = Multiply(power, base);
    base = Multiply(base, base);
  }
  return power;
}

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  if (ctx.input(0).type != DataType::kInt32) {
    return PrepareMapBroadcast<DataType::kFloat32>(ctx,
                                                   [](float a, float b) { return std::pow(a, b); });
  }
  OCTO_ASSIGN_OR_RETURN(auto kernel, PrepareMapBroadcast<DataType::kInt32>(ctx, IntegerPower));
  return MakeKernel([kernel = std::move(kernel)](EvalContext& eval) {
    const auto* b = eval.input<int32_t>(1);
    if (std::any_of(b, b + eval.input_tensor(1).shape.num_elements(),
                    [](int32_t exponent) { return exponent < 0; })) {
      return Status(StatusCode::kInvalidArgument, "negative power of an integer");
    }
    return kernel->Eval(eval);
  });
}

}  // namespace

extern const OpDef kPowOp = {
    .op = BuiltinOp::kPow,
    .prepare = Prepare,
};

}  // namespace octolite
