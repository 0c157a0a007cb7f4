#include <cmath>

#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareTabled<DataType::kFloat32>(ctx, {.int16 = true},
                                           [](float x) { return std::exp(x); });
}

}  // namespace

extern const OpDef kExpOp = {
    .op = BuiltinOp::kExp,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 2, .int16_version = 2},
};

}  // namespace octolite
