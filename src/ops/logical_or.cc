#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMapBroadcast<DataType::kBool>(
      ctx, [](uint8_t a, uint8_t b) { return a != 0 || b != 0; });
}

}  // namespace

extern const OpDef kLogicalOrOp = {
    .op = BuiltinOp::kLogicalOr,
    .prepare = Prepare,
};

}  // namespace octolite
