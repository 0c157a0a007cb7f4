#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMap<DataType::kBool>(ctx, [](uint8_t x) { return x == 0; });
}

}  // namespace

extern const OpDef kLogicalNotOp = {
    .op = BuiltinOp::kLogicalNot,
    .prepare = Prepare,
};

}  // namespace octolite
