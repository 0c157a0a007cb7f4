#include "kernels/quantize/quantize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/float16.h"
#include "kernels/activation/float_math.h"
#include "kernels/simd/simd.h"

namespace octolite {

namespace {

// kLitert to 8 bits, 16 numbers at a time; returns how many it did.
template <typename T>
size_t QuantizeVectors(const float* in, T* out, size_t count, float inverse, float low, float high,
                       int32_t zero_point) {
  constexpr size_t kWidth = 16;
  // Adding 1.5 * 2^23 rounds to an integer, ties to even, and leaves it in the low bits.
  constexpr float kMagic = 0x1.8p23f;
  const v128_t scale = wasm_f32x4_splat(inverse);
  const v128_t lows = wasm_f32x4_splat(low);
  const v128_t highs = wasm_f32x4_splat(high);
  const v128_t magic = wasm_f32x4_splat(kMagic);
  const v128_t offset = wasm_i32x4_splat(std::bit_cast<int32_t>(kMagic) - zero_point);
  const auto four = [=](const float* from) {
    const v128_t scaled = wasm_f32x4_mul(simd::Load(from), scale);
    // In this order what is not a number ends at `low`.
    const v128_t bounded = wasm_f32x4_pmin(wasm_f32x4_pmax(lows, scaled), highs);
    return wasm_i32x4_sub(wasm_f32x4_add(bounded, magic), offset);
  };
  size_t i = 0;
  for (; i + kWidth <= count; i += kWidth) {
    const v128_t first = wasm_i16x8_narrow_i32x4(four(in + i), four(in + i + 4));
    const v128_t second = wasm_i16x8_narrow_i32x4(four(in + i + 8), four(in + i + 12));
    simd::Store(out + i, std::is_signed_v<T> ? wasm_i8x16_narrow_i16x8(first, second)
                                             : wasm_u8x16_narrow_i16x8(first, second));
  }
  return i;
}

}  // namespace

template <typename T>
void Quantize(const float* in, T* out, size_t count, float scale, int32_t zero_point,
              Arithmetic arithmetic) {
  const auto low = static_cast<float>(std::numeric_limits<T>::min() - zero_point);
  const auto high = static_cast<float>(std::numeric_limits<T>::max() - zero_point);
  // Written so that NaN ends at `low`.
  const auto clamp = [=](float x) { return std::min(std::max(low, x), high); };
  if (arithmetic == Arithmetic::kLitert) {
    const float inverse = 1.0f / scale;
    size_t i = 0;
    if constexpr (sizeof(T) == 1) {
      i = QuantizeVectors(in, out, count, inverse, low, high, zero_point);
    }
    for (; i < count; ++i) {
      const float scaled = clamp(in[i] * inverse);
      out[i] = static_cast<T>(static_cast<int32_t>(std::nearbyint(scaled)) + zero_point);
    }
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const float scaled = clamp(in[i] / scale);
    out[i] = static_cast<T>(static_cast<int32_t>(RoundHalfAway(scaled)) + zero_point);
  }
}

template <typename T>
void Dequantize(const T* in, float* out, size_t count, float scale, int32_t zero_point) {
  for (size_t i = 0; i < count; ++i) {
    if constexpr (sizeof(T) < 4) {
      out[i] = static_cast<float>(in[i] - zero_point) * scale;
    } else {
      // The difference may need 33 bits.
      const double difference = static_cast<double>(in[i]) - zero_point;
      out[i] = static_cast<float>(static_cast<double>(scale) * difference);
    }
  }
}

void QuantizeInt4(const float* in, uint8_t* out, size_t count, float scale) {
  for (size_t i = 0; i < count; ++i) {
    const float scaled = std::min(std::max(-8.0f, RoundHalfAway(in[i] / scale)), 7.0f);
    const int nibble = static_cast<int>(scaled) & 15;
    uint8_t& byte = out[i / 2];
    byte = static_cast<uint8_t>(i % 2 == 0 ? nibble : byte | nibble << 4);
  }
}

template <typename From, typename To>
void Requantize(const From* in, To* out, size_t count, FixedMultiplier multiplier, int32_t in_zero,
                int32_t out_zero) {
  for (size_t i = 0; i < count; ++i) {
    const auto difference =
        static_cast<int32_t>(static_cast<uint32_t>(in[i]) - static_cast<uint32_t>(in_zero));
    const int64_t value = int64_t{MultiplyByQuantizedMultiplier(difference, multiplier)} + out_zero;
    out[i] = static_cast<To>(
        std::clamp<int64_t>(value, std::numeric_limits<To>::min(), std::numeric_limits<To>::max()));
  }
}

void Float16ToFloat32(const uint16_t* in, float* out, size_t count) {
  for (size_t i = 0; i < count; ++i) out[i] = Float16ToFloat(in[i]);
}

template void Quantize<int8_t>(const float*, int8_t*, size_t, float, int32_t, Arithmetic);
template void Quantize<uint8_t>(const float*, uint8_t*, size_t, float, int32_t, Arithmetic);
template void Quantize<int16_t>(const float*, int16_t*, size_t, float, int32_t, Arithmetic);
template void Dequantize<int8_t>(const int8_t*, float*, size_t, float, int32_t);
template void Dequantize<uint8_t>(const uint8_t*, float*, size_t, float, int32_t);
template void Dequantize<int16_t>(const int16_t*, float*, size_t, float, int32_t);
template void Dequantize<int32_t>(const int32_t*, float*, size_t, float, int32_t);
#define OCTO_REQUANTIZE(From, To) \
  template void Requantize<From, To>(const From*, To*, size_t, FixedMultiplier, int32_t, int32_t);
OCTO_REQUANTIZE(int16_t, int8_t)
OCTO_REQUANTIZE(int16_t, int16_t)
OCTO_REQUANTIZE(int16_t, int32_t)
OCTO_REQUANTIZE(int32_t, int8_t)
OCTO_REQUANTIZE(int32_t, int16_t)
OCTO_REQUANTIZE(int8_t, int16_t)
OCTO_REQUANTIZE(uint8_t, int16_t)
#undef OCTO_REQUANTIZE

}  // namespace octolite
