#include "ops/common/hashtable.h"

namespace octolite {
namespace {

Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(1, 1, 1));
  OCTO_RETURN_IF_ERROR(ExpectHandle(ctx, 0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kInt64));
  ctx.SetOutputShape(0, Shape({1}));
  return MakeKernel([](EvalContext& eval) -> Status {
    const ResourceTable* const table = eval.host().resources().table(*eval.input<int32_t>(0));
    if (table == nullptr) {
      return Status(StatusCode::kInvalidModel, "is given a handle that names no table");
    }
    *eval.output<int64_t>(0) = static_cast<int64_t>(table->entries.size());
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kHashtableSizeOp = {
    .op = BuiltinOp::kHashtableSize, .prepare = Prepare, .pure = false};

}  // namespace octolite
