#include "kernels/activation/lut16.h"

#include <algorithm>
#include <cmath>

namespace octolite {
namespace {

// NaN, which no table should hold, becomes the lowest value.
template <typename Real>
int16_t SaturateTo16(Real value) {
  return static_cast<int16_t>(std::min(std::max(Real{INT16_MIN}, value), Real{INT16_MAX}));
}

}  // namespace

template <typename Real>
Lut16 MakeLut16(const Lut16Range<Real>& input, const Lut16Range<Real>& output,
                const std::function<Real(Real)>& function) {
  constexpr int kSteps = 512;
  const auto real = [](const Lut16Range<Real>& range, int32_t q) {
    return range.scale * static_cast<Real>(q - range.zero_point);
  };
  const Real input_min = real(input, INT16_MIN);
  const Real input_max = real(input, INT16_MAX);
  const Real step = (input_max - input_min) / kSteps;
  const Real half_step = step / 2;
  const Real inverse_scale = Real{65536} / (real(output, INT16_MAX) - real(output, INT16_MIN));
  Lut16 table;
  for (int i = 0; i < kSteps; ++i) {
    const Real at = input_min + static_cast<Real>(i) * step;
    const Real value = std::round(function(at) * inverse_scale);
    const Real next = function(input_min + static_cast<Real>(i + 1) * step);
    const Real interpolated = std::round((next * inverse_scale + value) / 2);
    const Real middle = std::round(function(at + half_step) * inverse_scale);
    // Where the function is infinite there is no error to halve.
    const Real half_error = (interpolated - middle) / 2;
    const Real bias = std::isnan(half_error) ? Real{0} : std::round(half_error);
    table[static_cast<size_t>(i)] = SaturateTo16(value - bias);
  }
  table[kSteps] = SaturateTo16(std::round(function(input_max) * inverse_scale));
  return table;
}

void ApplyLut16(const Lut16& table, const int16_t* in, int16_t* out, size_t count) {
  for (size_t i = 0; i < count; ++i) out[i] = LookUp16(table, in[i]);
}

template Lut16 MakeLut16<float>(const Lut16Range<float>&, const Lut16Range<float>&,
                                const std::function<float(float)>&);
template Lut16 MakeLut16<double>(const Lut16Range<double>&, const Lut16Range<double>&,
                                 const std::function<double(double)>&);

}  // namespace octolite
