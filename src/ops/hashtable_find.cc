#include <cstring>

#include "ops/common/elements.h"
#include "ops/common/hashtable.h"

namespace octolite {
namespace {

Status Run(EvalContext& eval) {
  const RuntimeTensor& keys = eval.input_tensor(1);
  const RuntimeTensor& fallback = eval.input_tensor(2);
  OCTO_ASSIGN_OR_RETURN(const ResourceTable* const table, TableOf(eval, keys.type, fallback.type));
  if (!table->imported) {
    return Status(StatusCode::kInvalidModel, "looks into a table before anything is imported");
  }
  OCTO_RETURN_IF_ERROR(CheckTableElements(keys));
  OCTO_RETURN_IF_ERROR(CheckTableElements(fallback));
  const auto find = [&](int64_t i) -> std::string_view {
    const auto place = table->entries.find(std::string(TableElement(keys, i)));
    return place == table->entries.end() ? TableElement(fallback, 0) : place->second;
  };
  if (fallback.type == DataType::kString) return WriteStrings(eval, 0, keys.shape, find);
  for (int64_t i = 0; i < keys.shape.num_elements(); ++i) {
    std::memcpy(eval.output<int64_t>(0) + i, find(i).data(), sizeof(int64_t));
  }
  return Status::Ok();
}

// Inputs: a handle, keys, the value of keys that are not there.
Result<std::unique_ptr<OpKernel>> Prepare(PrepareContext& ctx) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectCounts(3, 3, 1));
  OCTO_RETURN_IF_ERROR(ExpectHandle(ctx, 0));
  OCTO_RETURN_IF_ERROR(ctx.ExpectSameType(ctx.input(2), ctx.output(0)));
  OCTO_RETURN_IF_ERROR(ExpectTableTypes(ctx, ctx.input(1).type, ctx.output(0).type));
  if (ctx.input(2).shape.num_elements() < 1) {
    return ctx.InputError(2, StatusCode::kInvalidModel, "is no value");
  }
  SetMovedShape(ctx, 0, ctx.input(1).shape);
  return MakeKernel(Run);
}

}  // namespace

extern const OpDef kHashtableFindOp = {
    .op = BuiltinOp::kHashtableFind, .prepare = Prepare, .pure = false};

}  // namespace octolite
