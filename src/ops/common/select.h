#pragma once

#include "ops/op_def.h"

namespace octolite {

// Checks the inputs and output of SELECT and SELECT_V2: a bool condition, and values of one type of
// whole bytes.
Status ExpectSelectTypes(const PrepareContext& ctx);

// Whether every operand and the output that the model declares have one element; the output then
// keeps its declared shape.
bool SelectsOneElement(const PrepareContext& ctx);

// Sets the output's shape and prepares the choice, with the inputs seen as of these shapes.
Result<std::unique_ptr<OpKernel>> PrepareSelect(PrepareContext& ctx, const Shape& condition,
                                                const Shape& x, const Shape& y,
                                                const Shape& output);

}  // namespace octolite
