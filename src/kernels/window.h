#pragma once

#include <cstdint>

namespace octolite {

// A window that slides over the two spatial dimensions of an NHWC image. Position (y, x) of the
// output sees input rows y * stride_h - pad_top + i * dilation_h for i in [0, window_h), columns
// alike; what falls outside the image is zero (the zero point, when quantized).
struct WindowGeometry {
  int32_t window_h = 1, window_w = 1;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  int32_t pad_top = 0, pad_left = 0;
  int32_t output_h = 0, output_w = 0;
};

}  // namespace octolite
