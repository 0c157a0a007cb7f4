#pragma once

#include "ops/common/activation.h"
#include "ops/common/conv_geometry.h"
#include "ops/op_def.h"

namespace octolite {

// Options of MediaPipe's pooling operators: TFLite's C structure of pooling parameters as it lies
// in memory, int32 numbers in this order.
struct MediaPipePoolOptions {
  Padding padding = Padding::kSame;
  int32_t stride_w = 0;
  int32_t stride_h = 0;
  int32_t window_w = 0;
  int32_t window_h = 0;
  FusedActivation activation = FusedActivation::kNone;
};

// Errors: INVALID_MODEL for too few bytes and for numbers that make no sense.
Result<MediaPipePoolOptions> ReadMediaPipePoolOptions(const PrepareContext& ctx);

}  // namespace octolite
