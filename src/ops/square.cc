#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMap<DataType::kFloat32>(ctx, [](float x) { return x * x; });
}

}  // namespace

extern const OpDef kSquareOp = {
    .op = BuiltinOp::kSquare,
    .prepare = Prepare,
};

}  // namespace octolite
