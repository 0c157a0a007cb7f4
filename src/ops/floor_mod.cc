#include "ops/common/division.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  const auto modulo = [](auto a, auto b) { return FloorModulo(a, b); };
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  // Floats divided by zero are NaN.
  if (ctx.input(0).type == DataType::kFloat32) {
    return PrepareMapBroadcast<DataType::kFloat32>(ctx, modulo);
  }
  return PrepareDivision<DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64>(
      ctx, modulo);
}

}  // namespace

extern const OpDef kFloorModOp = {
    .op = BuiltinOp::kFloorMod,
    .prepare = Prepare,
};

}  // namespace octolite
