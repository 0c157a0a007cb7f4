#include <cmath>

#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMap<DataType::kFloat32, DataType::kFloat16, DataType::kBFloat16>(
      ctx, [](float x) { return std::ceil(x); });
}

}  // namespace

extern const OpDef kCeilOp = {
    .op = BuiltinOp::kCeil,
    .prepare = Prepare,
};

}  // namespace octolite
