#pragma once

#include <cstdint>

#include "kernels/depthwise_conv2d/depthwise_conv2d.h"

namespace octolite::depthwise {

// int16 activations and int8 weights as in the model, by plain loops over channels. Scratch is
// 64-byte aligned and of S16Scratch(shape) bytes.
void RunS16(const DepthwiseConv2dShape& shape, const int16_t* input, const int8_t* weights,
            const WideResult& result, uint8_t* scratch);

int64_t S16Scratch(const DepthwiseConv2dShape& shape);

}  // namespace octolite::depthwise
