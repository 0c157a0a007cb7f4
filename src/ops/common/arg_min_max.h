#pragma once

#include "ops/op_def.h"

namespace octolite {

// ARG_MAX (`largest`) and ARG_MIN: where along an axis the best value is.
Result<std::unique_ptr<OpKernel>> PrepareArgMinMax(PrepareContext& ctx, bool largest);

}  // namespace octolite
