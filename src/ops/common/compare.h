#pragma once

#include "kernels/elementwise/compare.h"
#include "ops/op_def.h"

namespace octolite {

// Prepares input 0 op input 1, broadcast, or input 1 op input 0 where `swapped`: every numeric type
// of the comparison operators, and bool and strings for (in)equality.
Result<std::unique_ptr<OpKernel>> PrepareCompare(PrepareContext& ctx, CompareKind kind,
                                                 bool swapped = false);

}  // namespace octolite
