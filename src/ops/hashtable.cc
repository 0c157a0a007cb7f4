#include "ops/common/hashtable.h"

namespace octolite {
namespace {

// Names a table, the same one wherever the model has the number "table_id".
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(0, 0, 1));
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.output(0), DataType::kResource));
  const auto key = static_cast<DataType>(ctx.options().Int("key_dtype", 0));
  const auto value = static_cast<DataType>(ctx.options().Int("value_dtype", 0));
  OCTO_RETURN_IF_ERROR(ExpectTableTypes(ctx, key, value));
  ctx.SetOutputShape(0, Shape({1}));
  const ResourceStore::Key name("", std::to_string(ctx.options().Int("table_id", 0)));
  return MakeKernel([=](EvalContext& eval) {
    ResourceStore& resources = eval.host().resources();
    const int32_t handle = resources.TableHandle(name);
    ResourceTable& table = *resources.table(handle);
    // A table that is filled stays what it is.
    if (!table.imported) {
      table.key_type = key;
      table.value_type = value;
    }
    *eval.output<int32_t>(0) = handle;
    return Status::Ok();
  });
}

}  // namespace

extern const OpDef kHashtableOp = {.op = BuiltinOp::kHashtable, .prepare = Prepare, .pure = false};

}  // namespace octolite
