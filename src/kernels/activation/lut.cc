#include "kernels/activation/lut.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "kernels/simd/simd.h"

namespace octolite {
namespace {

double Ratio(const QuantizedType& input, const QuantizedType& output) {
  return static_cast<double>(input.scale / output.scale);
}

int16_t SaturateTo16(int32_t value) {
  return static_cast<int16_t>(std::clamp<int32_t>(value, INT16_MIN, INT16_MAX));
}

// 2 * a * b / 2^16, ties towards +infinity.
int16_t RoundingDoublingHighMul16(int16_t a, int16_t b) {
  if (a == b && a == INT16_MIN) return INT16_MAX;
  const int32_t product = static_cast<int32_t>(a) * b;
  const int32_t nudge = product >= 0 ? (1 << 14) : (1 - (1 << 14));
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

// The same, truncating towards zero.
int16_t DoublingHighMul16(int16_t a, int16_t b) {
  if (a == b && a == INT16_MIN) return INT16_MAX;
  return static_cast<int16_t>(static_cast<int32_t>(a) * b / (1 << 15));
}

// A multiplier with 15 bits of mantissa.
struct Multiplier16 {
  int16_t multiplier = 0;
  int shift = 0;
};

Multiplier16 QuantizeMultiplier16(float real) {
  const FixedMultiplier wide = QuantizeMultiplier(static_cast<double>(real));
  const int64_t rounded = (static_cast<int64_t>(wide.multiplier) + (1 << 15)) >> 16;
  return {static_cast<int16_t>(std::min<int64_t>(rounded, INT16_MAX)), wide.shift};
}

}  // namespace

Lut8 MakeFloatLut8(const QuantizedType& input, const QuantizedType& output, Arithmetic arithmetic,
                   const std::function<float(float)>& function) {
  const float inverse_scale = 1.0f / output.scale;
  const auto zero_point = static_cast<float>(output.zero_point);
  return MakeLut8(input, output, [&](int32_t q) {
    const float y = function(static_cast<float>(q - input.zero_point) * input.scale);
    const float scaled = arithmetic == Arithmetic::kReference
                             ? std::round(y * inverse_scale) + zero_point
                             : std::nearbyint(y * inverse_scale + zero_point);
    if (std::isnan(scaled)) return int64_t{0};
    return static_cast<int64_t>(std::clamp(scaled, -1024.0f, 1024.0f));
  });
}

std::optional<int32_t> XnnpackMultiplier(const QuantizedType& input, const QuantizedType& output) {
  const float ratio = input.scale / output.scale;
  if (input.type != output.type || !(ratio >= 0x1p-8f && ratio <= 0x1p7f)) return std::nullopt;
  return static_cast<int32_t>(std::nearbyint(256.0f * ratio));
}

Lut8 MakeRequantizeLut8(const QuantizedType& input, const QuantizedType& output,
                        Arithmetic arithmetic) {
  const auto short_multiplier = XnnpackMultiplier(input, output);
  if (arithmetic == Arithmetic::kLitert && short_multiplier) {
    return MakeLut8(input, output, [&](int32_t q) {
      return static_cast<int64_t>(
          ((q - input.zero_point) * *short_multiplier + output.zero_point * 256 + 128) >> 8);
    });
  }
  const double wide_ratio = static_cast<double>(input.scale) / static_cast<double>(output.scale);
  const FixedMultiplier multiplier = QuantizeMultiplier(wide_ratio);
  return MakeLut8(input, output, [&](int32_t q) {
    return int64_t{MultiplyByQuantizedMultiplier(q - input.zero_point, multiplier)} +
           output.zero_point;
  });
}

Lut8 MakeReluLut8(const QuantizedType& input, const QuantizedType& output, float low, float high) {
  const FixedMultiplier multiplier = QuantizeMultiplier(Ratio(input, output));
  const auto bound = [&](float real) {
    const float rounded = std::round(real / output.scale) + static_cast<float>(output.zero_point);
    return static_cast<int64_t>(
        std::clamp(rounded, static_cast<float>(output.min()), static_cast<float>(output.max())));
  };
  const int64_t min = bound(low);
  const int64_t max = bound(high);
  return MakeLut8(input, output, [&](int32_t q) {
    const int64_t value = int64_t{MultiplyByQuantizedMultiplier(q - input.zero_point, multiplier)} +
                          output.zero_point;
    return std::clamp(value, min, max);
  });
}

Lut8 MakeLeakyReluLut8(const QuantizedType& input, const QuantizedType& output, float slope,
                       Arithmetic arithmetic) {
  const float positive_ratio = input.scale / output.scale;
  const float negative_ratio = positive_ratio * slope;
  const bool xnnpack_takes = std::isnormal(slope) && positive_ratio >= 0x1p-8f &&
                             positive_ratio <= 0x1p7f && negative_ratio >= -127.99609375f &&
                             negative_ratio <= 0x1p7f && std::fabs(negative_ratio) >= 0x1p-8f;
  if (arithmetic == Arithmetic::kLitert && xnnpack_takes) {
    const auto positive = static_cast<int32_t>(std::nearbyint(256.0f * positive_ratio));
    const auto negative = static_cast<int32_t>(std::nearbyint(256.0f * negative_ratio));
    return MakeLut8(input, output, [&](int32_t q) {
      const int32_t value = q - input.zero_point;
      return static_cast<int64_t>(
          (value * (value >= 0 ? positive : negative) + output.zero_point * 256 + 128) >> 8);
    });
  }
  const FixedMultiplier positive = QuantizeMultiplier(Ratio(input, output));
  const double negative_real = static_cast<double>(input.scale * slope / output.scale);
  const FixedMultiplier negative = QuantizeMultiplier(std::fabs(negative_real));
  return MakeLut8(input, output, [&](int32_t q) {
    const int32_t value = q - input.zero_point;
    int64_t scaled = MultiplyByQuantizedMultiplier(value, value >= 0 ? positive : negative);
    if (value < 0 && negative_real < 0) scaled = -scaled;
    return scaled + output.zero_point;
  });
}

// The maths of TFLite's reference kernel: the input with 7 more bits, once scaled to the output
// (before its last shift), once to [-1, 1] = [-3, 3] in 16 bits, which saturates and so clamps;
// moved to [0, 1] and multiplied. The product truncates, to cancel the bias of the roundings.
Lut8 MakeHardSwishLut8(const QuantizedType& input, const QuantizedType& output) {
  const float fine_scale = (1.0f / 128.0f) * input.scale;
  const Multiplier16 to_output = QuantizeMultiplier16(fine_scale / output.scale);
  const Multiplier16 to_unit = QuantizeMultiplier16(fine_scale / (3.0f / 32768.0f));
  return MakeLut8(input, output, [&](int32_t q) {
    const auto fine = static_cast<int16_t>((q - input.zero_point) * 128);
    const int16_t scaled = RoundingDoublingHighMul16(fine, to_output.multiplier);
    int16_t unit = fine;
    const auto shift_left = [](int16_t value, int by) {
      const int64_t shifted = static_cast<int64_t>(value) * (int64_t{1} << by);
      return static_cast<int16_t>(std::clamp<int64_t>(shifted, INT16_MIN, INT16_MAX));
    };
    if (to_unit.shift > 0) unit = shift_left(unit, to_unit.shift - 1);
    unit = RoundingDoublingHighMul16(unit, to_unit.multiplier);
    if (to_unit.shift > 0) unit = shift_left(unit, 1);
    if (to_unit.shift < 0) {
      unit = static_cast<int16_t>(RoundingDivideByPowerOfTwo(unit, std::min(-to_unit.shift, 31)));
    }
    unit = static_cast<int16_t>((unit + (1 << 15)) >> 1);
    const int32_t product = DoublingHighMul16(unit, scaled);
    // Outputs finer than 1/128 of the input: TFLite refuses them; the shift goes left here.
    const int32_t shifted =
        to_output.shift > 0 ? SaturateTo16(product * (1 << std::min(to_output.shift, 15)))
                            : RoundingDivideByPowerOfTwo(product, std::min(-to_output.shift, 31));
    return int64_t{shifted} + output.zero_point;
  });
}

namespace {

template <typename T>
void RequantizeVectors(int32_t multiplier, const QuantizedType& input, const QuantizedType& output,
                       const uint8_t* in, uint8_t* out, size_t count) {
  constexpr bool kSigned = std::is_signed_v<T>;
  constexpr size_t kWidth = 16;
  // round half up(d * m / 2^8) is the rounding product of 16 bits, (a * b + 2^14) >> 15, of 128 d
  // and m, where m may be 2^15: so both are negative.
  const v128_t factor = wasm_i16x8_splat(static_cast<int16_t>(-multiplier));
  const v128_t in_zero = wasm_i16x8_splat(static_cast<int16_t>(input.zero_point));
  const v128_t out_zero = wasm_i16x8_splat(static_cast<int16_t>(output.zero_point));
  const auto half = [=](v128_t x) {
    const v128_t scaled =
        wasm_i16x8_q15mulr_sat(wasm_i16x8_shl(wasm_i16x8_sub(in_zero, x), 7), factor);
    return wasm_i16x8_add_sat(scaled, out_zero);
  };
  const auto whole = [=](v128_t x) {
    if constexpr (kSigned) {
      return wasm_i8x16_narrow_i16x8(half(wasm_i16x8_extend_low_i8x16(x)),
                                     half(wasm_i16x8_extend_high_i8x16(x)));
    } else {
      return wasm_u8x16_narrow_i16x8(half(wasm_u16x8_extend_low_u8x16(x)),
                                     half(wasm_u16x8_extend_high_u8x16(x)));
    }
  };
  size_t i = 0;
  for (; i + kWidth <= count; i += kWidth) simd::Store(out + i, whole(simd::Load(in + i)));
  if (i == count) return;
  uint8_t tail[kWidth] = {};
  std::memcpy(tail, in + i, count - i);
  simd::Store(tail, whole(simd::Load(tail)));
  std::memcpy(out + i, tail, count - i);
}

}  // namespace

void RequantizeXnnpack(int32_t multiplier, const QuantizedType& input, const QuantizedType& output,
                       const uint8_t* in, uint8_t* out, size_t count) {
  if (input.type == DataType::kUInt8) {
    RequantizeVectors<uint8_t>(multiplier, input, output, in, out, count);
  } else {
    RequantizeVectors<int8_t>(multiplier, input, output, in, out, count);
  }
}

void ApplyLut8(const Lut8& table, const uint8_t* in, uint8_t* out, size_t count) {
  for (size_t i = 0; i < count; ++i) out[i] = table[in[i]];
}

}  // namespace octolite
