#include <cmath>

#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMap<DataType::kFloat32, DataType::kFloat16, DataType::kBFloat16>(
      ctx, [](float x) { return std::floor(x); });
}

}  // namespace

extern const OpDef kFloorOp = {
    .op = BuiltinOp::kFloor,
    .prepare = Prepare,
};

}  // namespace octolite
