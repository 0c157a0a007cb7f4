#include <cmath>

#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareMap<DataType::kFloat32, DataType::kFloat16>(ctx,
                                                            [](float x) { return std::cos(x); });
}

}  // namespace

extern const OpDef kCosOp = {
    .op = BuiltinOp::kCos,
    .prepare = Prepare,
};

}  // namespace octolite
