#pragma once

#include <cstdint>

namespace octolite {

// Pooling over an NHWC image: for every output pixel, the part of the window that lies in the
// image. Padding never counts, neither in the average nor in the maximum.
struct PoolShape {
  int32_t batch = 0, input_h = 0, input_w = 0, channels = 0;
  int32_t window_h = 1, window_w = 1;
  int32_t stride_h = 1, stride_w = 1;
  int32_t pad_top = 0, pad_left = 0;
  int32_t output_h = 0, output_w = 0;
};

// out = clamp(average, min, max). For int8, uint8 and int16, the sum divided by the count, rounded
// half away from zero: input and output share scale and zero point, in both arithmetics.
void AveragePoolFloat(const PoolShape& shape, const float* in, float* out, float min, float max);
template <typename T>
void AveragePoolQuantized(const PoolShape& shape, const T* in, T* out, int32_t min, int32_t max);

// out = clamp(square root of the average of squares, min, max).
void L2PoolFloat(const PoolShape& shape, const float* in, float* out, float min, float max);

// out = clamp(maximum, min, max), for float, int8, uint8 and int16.
template <typename T>
void MaxPool(const PoolShape& shape, const T* in, T* out, T min, T max);

// MediaPipe's pooling that tells where the maximum is: indices = row * window_w + column of the
// first one in its window, which may lie in the padding's part of it, and 0.1.
void MaxPoolArgmax(const PoolShape& shape, const float* in, float* out, float* indices, float min,
                   float max);

// The reverse: `shape` is that of the pooling, whose outputs and indices are given, and `out` its
// input. Everything else is 0; indices that point out of the image do not count.
void MaxUnpool(const PoolShape& shape, const float* in, const float* indices, float* out);

}  // namespace octolite
