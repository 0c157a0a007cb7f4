#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/arithmetic.h"
#include "base/data_type.h"
#include "base/fixed_point.h"

// A function of one 8-bit value is 256 bytes: every unary int8 and uint8 operator becomes a table
// when the plan is made, whatever its arithmetic, and one lookup a byte when it runs.

namespace octolite {

// Indexed by the input's bits as uint8; holds the output's bits.
using Lut8 = std::array<uint8_t, 256>;

// scale and zero point of an int8 or uint8 tensor.
struct QuantizedType {
  DataType type = DataType::kInt8;
  float scale = 1;
  int32_t zero_point = 0;

  int32_t min() const { return type == DataType::kUInt8 ? 0 : -128; }
  int32_t max() const { return type == DataType::kUInt8 ? 255 : 127; }
};

// table[q] = saturate(function(q)) for every q of `input`.
template <typename F>
Lut8 MakeLut8(const QuantizedType& input, const QuantizedType& output, F function) {
  Lut8 table;
  for (int32_t q = input.min(); q <= input.max(); ++q) {
    const int64_t value = function(q);
    const int64_t bounded = value < output.min()   ? output.min()
                            : value > output.max() ? output.max()
                                                   : value;
    table[static_cast<uint8_t>(q)] = static_cast<uint8_t>(bounded);
  }
  return table;
}

// Quantizes function(dequantized) in float32. kLitert rounds value / s_out + zero point at once,
// ties to even; kReference rounds value / s_out half away from zero and adds the zero point.
Lut8 MakeFloatLut8(const QuantizedType& input, const QuantizedType& output, Arithmetic arithmetic,
                   const std::function<float(float)>& function);

// Rescaling as RequantizeXnnpack where XNNPACK would; otherwise, and for kReference, by a 32-bit
// fixed-point multiplier.
Lut8 MakeRequantizeLut8(const QuantizedType& input, const QuantizedType& output,
                        Arithmetic arithmetic);

// out = ((q - zero point in) * multiplier + zero point out * 256 + 128) >> 8, saturated, with the
// multiplier round(256 * s_in / s_out), is what XNNPACK does between tensors of one type with the
// ratio in [2^-8, 2^7]; there is none elsewhere. Vectors need no table for it.
std::optional<int32_t> XnnpackMultiplier(const QuantizedType& input, const QuantizedType& output);
void RequantizeXnnpack(int32_t multiplier, const QuantizedType& input, const QuantizedType& output,
                       const uint8_t* in, uint8_t* out, size_t count);

// Fixed-point rescaling clamped to the real range [low, high]: RELU and its kin in both
// arithmetics, as no 8-bit RELU is given to XNNPACK.
Lut8 MakeReluLut8(const QuantizedType& input, const QuantizedType& output, float low, float high);

// Leaky ReLU: kLitert by 8-bit fixed point where XNNPACK takes it (both ratios in [2^-8, 2^7] in
// magnitude); otherwise 32-bit multipliers for the two sides.
Lut8 MakeLeakyReluLut8(const QuantizedType& input, const QuantizedType& output, float slope,
                       Arithmetic arithmetic);

// x * relu6(x + 3) / 6 in 16-bit fixed point, as TFLite computes it in both arithmetics.
Lut8 MakeHardSwishLut8(const QuantizedType& input, const QuantizedType& output);

// out[i] = table[in[i]]; in and out may be the same.
void ApplyLut8(const Lut8& table, const uint8_t* in, uint8_t* out, size_t count);

}  // namespace octolite
