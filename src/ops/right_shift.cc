#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMapBroadcast<DataType::kInt8, DataType::kUInt8, DataType::kInt16, DataType::kUInt16,
                             DataType::kInt32, DataType::kUInt32>(
      ctx, [](auto a, auto b) { return ShiftRight(a, b); });
}

}  // namespace

extern const OpDef kRightShiftOp = {
    .op = BuiltinOp::kRightShift,
    .prepare = Prepare,
};

}  // namespace octolite
