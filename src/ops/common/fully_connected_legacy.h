#pragma once

#include <memory>

#include "kernels/fully_connected/fully_connected.h"
#include "ops/op_def.h"

namespace octolite {

// FULLY_CONNECTED of uint8 activations and constant uint8 weights to int16, a form of the first
// quantized models. With weights_format 1 the weights are shuffled: by blocks of 4 units x 16 of
// the depth, each byte a signed weight; inputs then have the zero point 128, and a second output,
// which is a workspace to TFLite's kernel, is there for its shape alone. Asks for scratch. Errors:
// UNSUPPORTED_OPERATOR for other types, INVALID_MODEL for what does not fit.
Result<std::unique_ptr<OpKernel>> PrepareFullyConnectedLegacy(PrepareContext& ctx,
                                                              const FullyConnectedShape& shape,
                                                              bool shuffled);

}  // namespace octolite
