#pragma once

#include "ops/common/resource.h"
#include "ops/op_def.h"

namespace octolite {

// The element types that a table of HASHTABLE may map: int64 to strings, or strings to int64.
inline bool AreTableTypes(DataType key, DataType value) {
  return (key == DataType::kInt64 && value == DataType::kString) ||
         (key == DataType::kString && value == DataType::kInt64);
}

// INVALID_MODEL unless inputs or outputs of these types can be keys and values of a table.
Status ExpectTableTypes(const PrepareContext& ctx, DataType key, DataType value);

// The table that the handle in input 0 names, if it maps `key` to `value`.
Result<ResourceTable*> TableOf(EvalContext& ctx, DataType key, DataType value);

// Element i of a tensor of int64 or strings, as a table holds it. Tensors of strings have passed
// CheckStrings.
std::string_view TableElement(const RuntimeTensor& tensor, int64_t i);

// CheckStrings of a tensor of strings.
Status CheckTableElements(const RuntimeTensor& tensor);

}  // namespace octolite
