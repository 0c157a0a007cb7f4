#include "ops/common/same_shape.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(2, 2, 1));
  if (ctx.input(0).type == DataType::kBool) {
    return PrepareSameShape<DataType::kBool>(ctx,
                                             [](uint8_t a, uint8_t b) { return a != 0 && b != 0; });
  }
  return PrepareSameShape<DataType::kInt8, DataType::kUInt8, DataType::kInt16, DataType::kUInt16,
                          DataType::kInt32, DataType::kUInt32, DataType::kInt64, DataType::kUInt64>(
      ctx, [](auto a, auto b) { return a & b; });
}

}  // namespace

extern const OpDef kStablehloAndOp = {
    .op = BuiltinOp::kStablehloAnd,
    .prepare = Prepare,
};

}  // namespace octolite
