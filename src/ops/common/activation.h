#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/arithmetic.h"
#include "base/data_type.h"
#include "ops/op_def.h"

namespace octolite {

// Activation functions that operators apply to their own output, numbered as in the file format.
enum class FusedActivation : int8_t {
  kNone = 0,
  kRelu = 1,
  kReluN1To1 = 2,
  kRelu6 = 3,
  kTanh = 4,
  kSignBit = 5,
};

struct FloatRange {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
};

struct QuantizedRange {
  int32_t min = 0;
  int32_t max = 0;
};

// The operator's "fused_activation_function". Errors: UNSUPPORTED_OPERATOR for TANH and SIGN_BIT,
// which no kernel fuses; INVALID_MODEL for a number outside the enumeration.
inline Result<FusedActivation> ReadFusedActivation(const PrepareContext& ctx) {
  const int64_t value = ctx.options().Int("fused_activation_function", 0);
  if (value >= 0 && value <= 3) return static_cast<FusedActivation>(value);
  if (value == 4 || value == 5) {
    return ctx.Error(
        StatusCode::kUnsupportedOperator,
        std::string("does not run with fused activation ") + (value == 4 ? "TANH" : "SIGN_BIT"));
  }
  return ctx.Error(StatusCode::kInvalidModel,
                   "has unknown fused activation " + std::to_string(value));
}

inline FloatRange ActivationRange(FusedActivation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case FusedActivation::kRelu:
      return {0.0f, kInfinity};
    case FusedActivation::kReluN1To1:
      return {-1.0f, 1.0f};
    case FusedActivation::kRelu6:
      return {0.0f, 6.0f};
    default:
      return {};
  }
}

template <typename T>
struct IntegerRange {
  T min = std::numeric_limits<T>::lowest();
  T max = std::numeric_limits<T>::max();
};

// The bounds for integers that are not quantized, as they are.
template <typename T>
IntegerRange<T> IntegerActivationRange(FusedActivation activation) {
  const FloatRange real = ActivationRange(activation);
  IntegerRange<T> range;
  if (activation != FusedActivation::kNone) range.min = static_cast<T>(real.min);
  if (std::isfinite(real.max)) range.max = static_cast<T>(real.max);
  return range;
}

// The values of `type` (int8, uint8, int16).
inline QuantizedRange TypeRange(DataType type) {
  switch (type) {
    case DataType::kUInt8:
      return {0, 255};
    case DataType::kInt16:
      return {-32768, 32767};
    default:
      return {-128, 127};
  }
}

// The activation's bounds in the output's quantization, with the rounding of each arithmetic:
// TFLite rounds bound / scale half away from zero and then adds the zero point, XNNPACK adds first
// and rounds ties to even. Needs scale > 0.
inline QuantizedRange QuantizedActivationRange(FusedActivation activation, DataType type,
                                               float scale, int32_t zero_point,
                                               Arithmetic arithmetic) {
  const FloatRange real = ActivationRange(activation);
  const QuantizedRange limits = TypeRange(type);
  const auto quantize = [&](float bound) {
    const auto offset = static_cast<float>(zero_point);
    const float rounded = arithmetic == Arithmetic::kReference
                              ? std::round(bound / scale) + offset
                              : std::nearbyint(bound / scale + offset);
    return static_cast<int32_t>(
        std::clamp(rounded, static_cast<float>(limits.min), static_cast<float>(limits.max)));
  };
  return {quantize(real.min), quantize(real.max)};
}

}  // namespace octolite
