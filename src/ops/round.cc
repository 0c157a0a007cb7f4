#include <cmath>

#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  // Ties to even.
  return PrepareMap<DataType::kFloat32, DataType::kFloat16, DataType::kBFloat16>(
      ctx, [](float x) { return std::nearbyint(x); });
}

}  // namespace

extern const OpDef kRoundOp = {
    .op = BuiltinOp::kRound,
    .prepare = Prepare,
};

}  // namespace octolite
