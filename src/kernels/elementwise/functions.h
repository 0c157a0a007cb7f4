#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/float16.h"

// Scalar functions of the operators that work element by element, defined for every value of their
// types: nothing here is undefined behaviour.

namespace octolite {

// A float16 or bfloat16 number by its bits; computed with as float.
struct Half {
  Half() = default;
  explicit Half(float value) : bits(FloatToFloat16(value)) {}
  explicit operator float() const { return Float16ToFloat(bits); }
  uint16_t bits = 0;
};

struct BFloat16 {
  BFloat16() = default;
  // Rounds to nearest, ties to even; NaN stays NaN.
  explicit BFloat16(float value) {
    const auto wide = std::bit_cast<uint32_t>(value);
    const uint32_t rounded = (wide + 0x7FFFu + ((wide >> 16) & 1u)) >> 16;
    bits = static_cast<uint16_t>(std::isnan(value) ? (wide >> 16) | 0x40u : rounded);
  }
  explicit operator float() const {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
  }
  uint16_t bits = 0;
};

// The type in which functions of T are computed.
template <typename T>
using ComputeType =
    std::conditional_t<std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>, float, T>;

// Sums, differences and products wrap for integers of any width.
template <typename T, typename F>
T Wrapping(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
    return static_cast<T>(f(static_cast<U>(a), static_cast<U>(b)));
  } else {
    return f(a, b);
  }
}

template <typename T>
T Add(T a, T b) {
  return Wrapping(a, b, [](auto x, auto y) { return x + y; });
}
template <typename T>
T Subtract(T a, T b) {
  return Wrapping(a, b, [](auto x, auto y) { return x - y; });
}
template <typename T>
T Multiply(T a, T b) {
  return Wrapping(a, b, [](auto x, auto y) { return x * y; });
}
template <typename T>
T SquaredDifference(T a, T b) {
  const T difference = Subtract(a, b);
  return Multiply(difference, difference);
}

template <typename T>
T Negate(T x) {
  if constexpr (std::is_integral_v<T>) {
    return Subtract(T{0}, x);
  } else {
    return -x;
  }
}
template <typename T>
T Absolute(T x) {
  if constexpr (std::is_integral_v<T>) {
    return x < 0 ? Negate(x) : x;
  } else {
    return std::abs(x);
  }
}
template <typename T>
T Sign(T x) {
  if (x > 0) return T{1};
  if (x < 0) return T{-1};
  return x == 0 ? T{0} : x;  // NaN stays
}

// Integers: towards zero, b not 0; the one quotient that does not fit wraps.
template <typename T>
T Divide(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (std::is_signed_v<T> && b == static_cast<T>(-1)) return Negate(a);
    return static_cast<T>(a / b);
  } else {
    return a / b;
  }
}

// floor(a / b), b not 0.
template <typename T>
T FloorDivide(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    const T quotient = Divide(a, b);
    const bool inexact = Multiply(quotient, b) != a;
    return static_cast<T>(quotient - (inexact && ((a < 0) != (b < 0)) ? 1 : 0));
  } else {
    return static_cast<T>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
  }
}

// a - b * floor(a / b), with the sign of b; b not 0 for integers.
template <typename T>
T FloorModulo(T a, T b) {
  T remainder;
  if constexpr (std::is_integral_v<T>) {
    remainder = std::is_signed_v<T> && b == static_cast<T>(-1) ? T{0} : static_cast<T>(a % b);
  } else {
    remainder = std::fmod(a, b);
  }
  return remainder != 0 && (b < 0) != (remainder < 0) ? static_cast<T>(remainder + b) : remainder;
}

// The amount is limited to [0, bits - 1]; signed numbers keep their sign.
template <typename T>
T ShiftRight(T x, T amount) {
  const int limited = static_cast<int>(std::clamp<int64_t>(
      static_cast<int64_t>(amount), 0, static_cast<int64_t>(sizeof(T)) * 8 - 1));
  return static_cast<T>(x >> limited);
}

// Zero for amounts that are negative or not less than the bits of T, as StableHLO defines it.
template <typename T>
T ShiftLeft(T x, T amount) {
  if (amount < 0 || static_cast<uint64_t>(amount) >= sizeof(T) * 8) return 0;
  return static_cast<T>(static_cast<uint64_t>(x) << static_cast<int>(amount));
}

// GELU by the error function; erfc keeps its precision where the result is small.
inline float GeluOf(float x) { return 0.5f * x * std::erfc(x * -0.70710678f); }

// GELU by its tanh approximation.
inline float GeluApproximateOf(float x) {
  constexpr float kSqrtTwoOverPi = 0.797884561f;
  return 0.5f * x * (1.0f + std::tanh(kSqrtTwoOverPi * (x + 0.044715f * x * x * x)));
}

inline float EluOf(float x) { return x < 0 ? std::expm1(x) : x; }

}  // namespace octolite
