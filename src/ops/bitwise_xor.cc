#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMapBroadcast<DataType::kInt8, DataType::kUInt8, DataType::kInt16, DataType::kUInt16,
                             DataType::kInt32, DataType::kUInt32>(
      ctx, [](auto a, auto b) { return a ^ b; });
}

}  // namespace

extern const OpDef kBitwiseXorOp = {
    .op = BuiltinOp::kBitwiseXor,
    .prepare = Prepare,
};

}  // namespace octolite
