#pragma once

#include <array>
#include <cstdint>

#include "kernels/gemm/result.h"

namespace octolite {

// A window over depth, height and width, in this order everywhere; as WindowGeometry otherwise.
struct Conv3dShape {
  int32_t batch = 0;
  std::array<int32_t, 3> input = {};
  std::array<int32_t, 3> output = {};
  std::array<int32_t, 3> window = {};
  std::array<int32_t, 3> stride = {};
  std::array<int32_t, 3> dilation = {};
  std::array<int32_t, 3> padding = {};  // before the first element
  int32_t input_c = 0;
  int32_t output_c = 0;
};

// CONV_3D: input [batch, d, h, w, input_c], weights [window d, h, w, input_c, output_c], output
// [batch, d, h, w, output_c]. Plain loops.
void Conv3d(const Conv3dShape& shape, const float* input, const float* weights,
            const FloatResult& result);

// CONV_3D_TRANSPOSE: weights [window d, h, w, output_c, input_c]; input (z, y, x) adds to output
// position * stride - padding + tap * dilation for every tap of the window. Plain loops.
void Conv3dTranspose(const Conv3dShape& shape, const float* input, const float* weights,
                     const FloatResult& result);

}  // namespace octolite
