#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareTabled<DataType::kFloat32>(ctx, {}, EluOf);
}

}  // namespace

extern const OpDef kEluOp = {
    .op = BuiltinOp::kElu,
    .prepare = Prepare,
    .quant = {.activation_inputs = 0b1, .int8_version = 1},
};

}  // namespace octolite
