#include <cmath>

#include "ops/common/same_shape.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareSameShape<DataType::kFloat32, DataType::kFloat64, DataType::kFloat16,
                          DataType::kBFloat16>(ctx,
                                               [](auto y, auto x) { return std::atan2(y, x); });
}

}  // namespace

extern const OpDef kAtan2Op = {
    .op = BuiltinOp::kAtan2,
    .prepare = Prepare,
};

}  // namespace octolite
