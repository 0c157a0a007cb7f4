#pragma once

#include <cstddef>
#include <cstdint>

#include "base/arithmetic.h"

namespace octolite {

// out = saturate(round(in / scale) + zero_point) for int8, uint8 and int16. kLitert multiplies by
// 1 / scale and rounds ties to even, as XNNPACK; kReference divides and rounds half away from zero.
// NaN becomes the type's minimum.
template <typename T>
void Quantize(const float* in, T* out, size_t count, float scale, int32_t zero_point,
              Arithmetic arithmetic);

// out = scale * (in - zero_point) for int8, uint8, int16 and int32.
template <typename T>
void Dequantize(const T* in, float* out, size_t count, float scale, int32_t zero_point);

// IEEE 754 binary16 to binary32.
void Float16ToFloat32(const uint16_t* in, float* out, size_t count);

}  // namespace octolite
