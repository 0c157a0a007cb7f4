#include "ops/common/hashtable.h"

#include "ops/common/strings.h"

namespace octolite {

Status ExpectTableTypes(const PrepareContext& ctx, DataType key, DataType value) {
  if (AreTableTypes(key, value)) return Status::Ok();
  return ctx.Error(StatusCode::kUnsupportedOperator,
                   "maps " + std::string(DataTypeName(key)) + " to " +
                       std::string(DataTypeName(value)) +
                       ", where int64 to string or string to int64 is run");
}

Result<ResourceTable*> TableOf(EvalContext& ctx, DataType key, DataType value) {
  ResourceTable* table = ctx.host().resources().table(*ctx.input<int32_t>(0));
  if (table == nullptr) {
    return Status(StatusCode::kInvalidModel, "is given a handle that names no table");
  }
  if (table->key_type != key || table->value_type != value) {
    return Status(StatusCode::kInvalidModel, "is given a table of other types");
  }
  return table;
}

std::string_view TableElement(const RuntimeTensor& tensor, int64_t i) {
  if (tensor.type == DataType::kString) return StringAt({tensor.data, tensor.bytes}, i);
  constexpr size_t kBytes = sizeof(int64_t);
  return {reinterpret_cast<const char*>(tensor.data) + static_cast<size_t>(i) * kBytes, kBytes};
}

Status CheckTableElements(const RuntimeTensor& tensor) {
  if (tensor.type != DataType::kString) return Status::Ok();
  return CheckStrings({tensor.data, tensor.bytes}, tensor.shape.num_elements());
}

}  // namespace octolite
