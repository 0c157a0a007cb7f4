#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMap<DataType::kFloat32, DataType::kFloat64, DataType::kInt32>(
      ctx, [](auto x) { return Sign(x); });
}

}  // namespace

extern const OpDef kSignOp = {
    .op = BuiltinOp::kSign,
    .prepare = Prepare,
};

}  // namespace octolite
