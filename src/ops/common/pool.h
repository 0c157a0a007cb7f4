#pragma once

#include "kernels/pool/pool.h"
#include "ops/common/activation.h"
#include "ops/op_def.h"

namespace octolite {

// A pooling operator, validated: an NHWC image, window and strides.
struct PreparedPool {
  PoolShape shape;
  FusedActivation activation = FusedActivation::kNone;
};

// Reads the options, checks types and sets the output's shape.
Result<PreparedPool> PreparePool(PrepareContext& ctx);

// The activation's bounds for an 8- or 16-bit pooling, with the rounding of `arithmetic`. Input and
// output need the same scale and zero point, as the kernels only move and average.
Result<QuantizedRange> PoolRange(const PrepareContext& ctx, FusedActivation activation,
                                 Arithmetic arithmetic);

}  // namespace octolite
