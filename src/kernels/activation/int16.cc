#include "kernels/activation/int16.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "kernels/recurrent/fixed_functions.h"

namespace octolite {
namespace {

using SigmoidTable = std::array<uint32_t, 256>;

// 65536 times the logistic function at i / 24, raised by half of what a straight line between two
// of its points is too low in the middle; the last entry is the largest number of 16 bits.
SigmoidTable MakeSigmoidTable() {
  constexpr double kStep = 1.0 / 24;
  SigmoidTable table;
  for (size_t i = 0; i < table.size(); ++i) {
    const double y = 1.0 / (1.0 + std::exp(-kStep * static_cast<double>(i)));
    const double second_derivative = y * (1 - y) * (1 - 2 * y);
    const double raised = y - second_derivative * kStep * kStep / 16;
    table[i] = static_cast<uint32_t>(std::lround(65536 * raised));
  }
  table.back() = 65535;
  return table;
}

const SigmoidTable& Table() {
  static const SigmoidTable table = MakeSigmoidTable();
  return table;
}

// The input in steps of 1 / (3 * 4096).
int64_t Rescale(const Sigmoid16Scale& scale, int16_t x) {
  const int64_t round = scale.right_shift > 0 ? int64_t{1} << (scale.right_shift - 1) : 0;
  return (static_cast<int64_t>(x) * scale.multiplier + round) >> scale.right_shift;
}

}  // namespace

void RescaleInt16(const int16_t* in, int16_t* out, size_t count, FixedMultiplier positive,
                  FixedMultiplier negative, const OutputRange& range) {
  for (size_t i = 0; i < count; ++i) {
    out[i] =
        static_cast<int16_t>(RequantizeFixedPoint(in[i], in[i] >= 0 ? positive : negative, range));
  }
}

Sigmoid16Scale MakeSigmoid16Scale(float input_scale, bool tanh, Arithmetic arithmetic) {
  const double exponent = std::log2(static_cast<double>(input_scale));
  const double rounded = std::round(exponent);
  if (std::abs(exponent - rounded) < 1e-3) {
    const bool fixed_point = arithmetic == Arithmetic::kLitert;
    if (rounded == -12) return {3, 0, fixed_point, 0};
    if (rounded == -11 && tanh) return {6, 0, fixed_point, 1};
  }
  double multiplier = static_cast<double>(input_scale) * 4096.0 * 3.0;
  int shift = 0;
  while (multiplier <= 32767.0 / 2.0 && shift <= 30) {
    ++shift;
    multiplier *= 2.0;
  }
  return {static_cast<int32_t>(std::min(multiplier, 2147483647.0)), shift, false, 0};
}

void LogisticInt16(const Sigmoid16Scale& scale, const int16_t* in, int16_t* out, size_t count) {
  if (scale.fixed_point) {
    for (size_t i = 0; i < count; ++i) out[i] = LogisticQ3(in[i]);
    return;
  }
  const SigmoidTable& table = Table();
  for (size_t i = 0; i < count; ++i) {
    const int64_t x = Rescale(scale, in[i]);
    const int64_t magnitude = std::abs(x);
    const int64_t index = magnitude >> 9;
    uint32_t result = 0x7FFFu << 10;
    if (index < 255) {
      const uint32_t low = table[static_cast<size_t>(index)];
      const uint32_t high = table[static_cast<size_t>(index) + 1];
      result = (low << 9) + static_cast<uint32_t>(magnitude & 0x1FF) * (high - low);
    }
    result = x >= 0 ? result + (1u << 9) : (1u << 25) - result + (1u << 9) - 1;
    out[i] = static_cast<int16_t>(result >> 10);
  }
}

void TanhInt16(const Sigmoid16Scale& scale, const int16_t* in, int16_t* out, size_t count) {
  if (scale.fixed_point) {
    for (size_t i = 0; i < count; ++i) {
      const int32_t shifted = std::clamp(in[i] * (1 << scale.left_shift), INT16_MIN, INT16_MAX);
      out[i] = TanhQ(static_cast<int16_t>(shifted), 3);
    }
    return;
  }
  const SigmoidTable& table = Table();
  for (size_t i = 0; i < count; ++i) {
    const int64_t x = Rescale(scale, in[i]);
    const int64_t magnitude = std::abs(x);
    const int64_t index = magnitude >> 8;
    int32_t result = 0xFFFF << 8;
    if (index < 255) {
      const uint32_t low = table[static_cast<size_t>(index)];
      const uint32_t high = table[static_cast<size_t>(index) + 1];
      result =
          static_cast<int32_t>((low << 8) + static_cast<uint32_t>(magnitude & 0xFF) * (high - low));
    }
    constexpr int32_t kHalf = 1 << 23;
    result = x >= 0 ? result - kHalf + (1 << 7) : kHalf - result + (1 << 7) - 1;
    out[i] = static_cast<int16_t>(result >> 8);
  }
}

}  // namespace octolite
