#pragma once

#include "ops/op_def.h"

namespace octolite {

// NON_MAX_SUPPRESSION_V4, or V5 with scores that decay (`soft`): boxes [n,4], scores [n], and
// scalars: the most outputs, both thresholds, sigma. Outputs: indices, scores (soft), their count.
Result<std::unique_ptr<OpKernel>> PrepareNonMaxSuppression(PrepareContext& ctx, bool soft);

}  // namespace octolite
