#pragma once

#include "kernels/activation/int16.h"
#include "ops/op_def.h"

namespace octolite {

// Prepares LOGISTIC or TANH of int16 by `run`; the output's scale must be 1/32768.
Result<std::unique_ptr<OpKernel>> PrepareSigmoid16(PrepareContext& ctx, bool tanh,
                                                   void (*run)(const Sigmoid16Scale&,
                                                               const int16_t*, int16_t*, size_t));

}  // namespace octolite
