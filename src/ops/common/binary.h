#pragma once

#include "kernels/elementwise/binary.h"
#include "ops/op_def.h"

namespace octolite {

// The shape that two operands broadcast to (dimensions aligned at the end, equal or 1), or a
// refusal that names both.
Result<Shape> BroadcastShapes(const PrepareContext& ctx, const Shape& a, const Shape& b);

// Checks two inputs and an output of one type, and sets the output's shape, to which both
// broadcast.
Result<BroadcastPlan> PrepareBroadcast(PrepareContext& ctx);

// Prepares ADD, SUB, MUL (with their fused activation), MAXIMUM and MINIMUM for float32, int8,
// uint8, int32 and int64 operands that broadcast.
Result<std::unique_ptr<OpKernel>> PrepareBinary(PrepareContext& ctx, BinaryKind kind);

}  // namespace octolite
