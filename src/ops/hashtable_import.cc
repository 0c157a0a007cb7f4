#include "ops/common/hashtable.h"

namespace octolite {
namespace {

// Fills a table, once: later runs leave it as it is, and so does a key that comes again.
Status Run(EvalContext& eval) {
  const RuntimeTensor& keys = eval.input_tensor(1);
  const RuntimeTensor& values = eval.input_tensor(2);
  OCTO_ASSIGN_OR_RETURN(ResourceTable* const table, TableOf(eval, keys.type, values.type));
  if (table->imported) return Status::Ok();
  OCTO_RETURN_IF_ERROR(CheckTableElements(keys));
  OCTO_RETURN_IF_ERROR(CheckTableElements(values));
  for (int64_t i = 0; i < keys.shape.num_elements(); ++i) {
    table->entries.try_emplace(std::string(TableElement(keys, i)), TableElement(values, i));
  }
  table->imported = true;
  return Status::Ok();
}

// Inputs: a handle, keys, a value for each.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 0));
  OCTO_RETURN_IF_ERROR(ExpectHandle(ctx, 0));
  OCTO_RETURN_IF_ERROR(ExpectTableTypes(ctx, ctx.input(1).type, ctx.input(2).type));
  if (!(ctx.input(1).shape == ctx.input(2).shape)) {
    return ctx.InputError(2, StatusCode::kShapeMismatch,
                          "has shape " + ctx.input(2).shape.ToString() + " for keys " +
                              ctx.input(1).shape.ToString());
  }
  return MakeKernel(Run);
}

}  // namespace

extern const OpDef kHashtableImportOp = {
    .op = BuiltinOp::kHashtableImport, .prepare = Prepare, .pure = false};

}  // namespace octolite
