#pragma once

#include <cstddef>
#include <cstdint>

namespace octolite {

// Resampling of an NHWC image.
struct ResizeShape {
  int32_t batch = 0, input_h = 0, input_w = 0, channels = 0;
  int32_t output_h = 0, output_w = 0;
  // Corners of both images coincide: scale is (input - 1) / (output - 1).
  bool align_corners = false;
  // Pixels are squares whose centres are sampled; otherwise their top left corners.
  bool half_pixel_centers = false;
};

// Input sides are 1 or more, and below 2^24 as the output's, so that positions are exact in float.

void ResizeBilinearFloat(const ResizeShape& shape, const float* in, float* out);

// int8 or uint8, as XNNPACK: positions in float, weights with 11 bits, ties rounded up.
template <typename T>
void ResizeBilinearLitert(const ResizeShape& shape, const T* in, T* out);

// As the reference kernels: positions and weights with 10 bits, ties rounded away from zero; of
// int16 in either arithmetic. uint8 has no integer kernel there, and is interpolated in float,
// rounded half up.
template <typename T>
void ResizeBilinearReference(const ResizeShape& shape, const T* in, T* out);

// The nearest pixel, whatever a pixel's `channels` elements of `element_bytes` are.
void ResizeNearest(const ResizeShape& shape, size_t element_bytes, const uint8_t* in, uint8_t* out);

}  // namespace octolite
