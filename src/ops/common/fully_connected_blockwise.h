#pragma once

#include <memory>

#include "kernels/fully_connected/fully_connected.h"
#include "ops/op_def.h"

namespace octolite {

// FULLY_CONNECTED with int4 weights that have a scale for every block along the depth, and float
// activations, which are quantized row by row while running. XNNPACK rounds the float16 scales to
// bfloat16, which `litert` arithmetic does too. Asks for scratch. Errors: UNSUPPORTED_OPERATOR for
// other types, INVALID_MODEL for scales that do not fit.
Result<std::unique_ptr<OpKernel>> PrepareFullyConnectedBlockwise(PrepareContext& ctx,
                                                                 const FullyConnectedShape& shape);

}  // namespace octolite
