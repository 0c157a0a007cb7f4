#pragma once

#include <cstdint>

namespace octolite {

// How quantized kernels get from accumulators back to 8 bits; chosen when a plan is compiled.
enum class Arithmetic : uint8_t {
  // As LiteRT's default path (XNNPACK) computes on desktops, phones and the web: requantization in
  // float32, rounded to nearest, ties to even.
  kLitert,
  // As the TFLite reference kernels compute, which microcontrollers run: 32-bit fixed-point
  // multipliers with double rounding (base/fixed_point.h).
  kReference,
};

}  // namespace octolite
