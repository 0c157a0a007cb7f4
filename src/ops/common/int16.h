#pragma once

#include "kernels/activation/int16.h"
#include "ops/op_def.h"

namespace octolite {

// A kernel that rescales int16 input 0 to output 0, with a multiplier for each side of zero.
std::unique_ptr<OpKernel> MakeInt16Kernel(FixedMultiplier positive, FixedMultiplier negative,
                                          const OutputRange& range);

}  // namespace octolite
