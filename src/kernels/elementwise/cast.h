#pragma once

#include <cstddef>
#include <cstdint>

#include "base/data_type.h"

namespace octolite {

// Conversions of numbers between types. From a float to an integer: towards zero, saturated, NaN
// as the largest number. From an integer to a narrower one: the low bits. To bool:
// whether not zero. From a complex number: its real part.

// Whether numbers of this type can be converted: floats and integers of 8 to 64 bits, bool,
// complex64. int4, uint4 and int2 too, from and to float32 alone.
bool CanCast(DataType from, DataType to);

// For types that CanCast; `count` elements, packed where they have less than 8 bits.
void Cast(DataType from, const uint8_t* in, DataType to, uint8_t* out, size_t count);

}  // namespace octolite
