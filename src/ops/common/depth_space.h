#pragma once

#include "ops/op_def.h"

namespace octolite {

enum class DepthSpace : uint8_t { kToDepth, kToSpace };

// Prepares SPACE_TO_DEPTH or DEPTH_TO_SPACE: blocks of "block_size" x "block_size" pixels of an
// NHWC image against the channels of one pixel, row by row.
Result<std::unique_ptr<OpKernel>> PrepareDepthSpace(PrepareContext& ctx, DepthSpace direction);

}  // namespace octolite
