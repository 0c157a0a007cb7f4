#include "ops/common/map.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  // Quantized numbers too are negated as they are stored.
  return PrepareMap<DataType::kFloat32, DataType::kFloat16, DataType::kBFloat16, DataType::kInt8,
                    DataType::kInt16, DataType::kInt32, DataType::kInt64>(
      ctx, [](auto x) { return Negate(x); });
}

}  // namespace

extern const OpDef kNegOp = {
    .op = BuiltinOp::kNeg,
    .prepare = Prepare,
};

}  // namespace octolite
