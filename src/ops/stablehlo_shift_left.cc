#include "ops/common/same_shape.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  return PrepareSameShape<DataType::kInt8, DataType::kInt16, DataType::kInt32>(
      ctx, [](auto x, auto amount) { return ShiftLeft(x, amount); });
}

}  // namespace

extern const OpDef kStablehloShiftLeftOp = {
    .op = BuiltinOp::kStablehloShiftLeft,
    .prepare = Prepare,
};

}  // namespace octolite
