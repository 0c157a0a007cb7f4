#pragma once

#include "kernels/resize/resize.h"
#include "ops/common/lists.h"

namespace octolite {

// Prepares RESIZE_BILINEAR or RESIZE_NEAREST_NEIGHBOR, validated: input 0 is the image, input 1 the
// height and width of the output.
Result<std::unique_ptr<OpKernel>> PrepareResize(PrepareContext& ctx,
                                                void (*run)(const ResizeShape&, EvalContext&));

}  // namespace octolite
