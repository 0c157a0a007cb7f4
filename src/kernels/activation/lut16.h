#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

// Functions of one 16-bit value as TFLite tabulates them: the value at 513 equidistant points of
// the input's range, each moved by half the error that a straight line makes in the middle of its
// interval, and linear interpolation.

namespace octolite {

using Lut16 = std::array<int16_t, 513>;

// scale and zero point of a table's input or output. Tables of operators are made in float; those
// inside SOFTMAX in double.
template <typename Real>
struct Lut16Range {
  Real scale = 1;
  int32_t zero_point = 0;
};

// For float and double.
template <typename Real>
Lut16 MakeLut16(const Lut16Range<Real>& input, const Lut16Range<Real>& output,
                const std::function<Real(Real)>& function);

inline int16_t LookUp16(const Lut16& table, int16_t value) {
  const int32_t step = 256 + (value >> 7);
  const auto index = static_cast<size_t>(step);
  const int32_t fraction = value & 0x7F;
  const int16_t base = table[index];
  const auto slope = static_cast<int16_t>(table[index + 1] - base);
  return static_cast<int16_t>(base + ((slope * fraction + 64) >> 7));
}

// out[i] = table(in[i]); in and out may be the same.
void ApplyLut16(const Lut16& table, const int16_t* in, int16_t* out, size_t count);

}  // namespace octolite
