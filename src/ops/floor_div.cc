#include "ops/common/division.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareDivision<DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32>(
      ctx, [](auto a, auto b) { return FloorDivide(a, b); });
}

}  // namespace

extern const OpDef kFloorDivOp = {
    .op = BuiltinOp::kFloorDiv,
    .prepare = Prepare,
};

}  // namespace octolite
