#pragma once

#include "kernels/conv3d/conv3d.h"
#include "ops/common/activation.h"
#include "ops/common/conv_geometry.h"
#include "ops/op_def.h"

namespace octolite {

// What CONV_3D and CONV_3D_TRANSPOSE have in common: the options padding, stride_d/h/w,
// dilation_d/h/w_factor and fused_activation_function, and float32 throughout.

// Window, strides and dilations of weights [d, h, w, ...]; INVALID_MODEL for numbers that make no
// sense.
Result<Conv3dShape> ReadConv3dWindow(const PrepareContext& ctx, const Shape& weights);

// Types and ranks of the image, the weights and, if it is there, the bias [channels].
Status CheckConv3dInputs(const PrepareContext& ctx, int image, int weights, int bias,
                         int32_t channels);

}  // namespace octolite
