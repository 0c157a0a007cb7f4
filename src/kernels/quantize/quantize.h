#pragma once

#include <cstddef>
#include <cstdint>

#include "base/arithmetic.h"
#include "base/fixed_point.h"

namespace octolite {

// out = saturate(round(in / scale) + zero_point) for int8, uint8 and int16. kLitert multiplies by
// 1 / scale and rounds ties to even, as XNNPACK; kReference divides and rounds half away from zero.
// NaN becomes the type's minimum.
template <typename T>
void Quantize(const float* in, T* out, size_t count, float scale, int32_t zero_point,
              Arithmetic arithmetic);

// float32 to int4, two to a byte, low nibble first: divided and rounded half away from zero in both
// arithmetics, with zero point 0.
void QuantizeInt4(const float* in, uint8_t* out, size_t count, float scale);

// out = saturate((in - in_zero) * multiplier + out_zero): int16 to int8, int16 and int32, int32 to
// int8 and int16, int8 and uint8 to int16.
template <typename From, typename To>
void Requantize(const From* in, To* out, size_t count, FixedMultiplier multiplier, int32_t in_zero,
                int32_t out_zero);

// out = scale * (in - zero_point) for int8, uint8, int16 and int32.
template <typename T>
void Dequantize(const T* in, float* out, size_t count, float scale, int32_t zero_point);

// IEEE 754 binary16 to binary32.
void Float16ToFloat32(const uint16_t* in, float* out, size_t count);

}  // namespace octolite
