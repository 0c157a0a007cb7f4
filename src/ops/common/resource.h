#pragma once

#include "ops/op_def.h"

namespace octolite {

// INVALID_MODEL unless input i is a handle: a resource of one element.
inline Status ExpectHandle(const PrepareContext& ctx, int i) {
  OCTO_RETURN_IF_ERROR(ctx.ExpectType(ctx.input(i), DataType::kResource));
  if (ctx.input(i).shape.num_elements() == 1) return Status::Ok();
  return ctx.InputError(i, StatusCode::kInvalidModel, "is not one handle");
}

// The variable that the handle in input i names.
inline Result<ResourceVariable*> VariableOf(EvalContext& ctx, int i) {
  ResourceVariable* variable = ctx.host().resources().variable(*ctx.input<int32_t>(i));
  if (variable != nullptr) return variable;
  return Status(StatusCode::kInvalidModel, "is given a handle that names no variable");
}

}  // namespace octolite
