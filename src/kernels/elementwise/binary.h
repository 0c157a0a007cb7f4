#pragma once

#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/elementwise/broadcast.h"
#include "kernels/requantize.h"

namespace octolite {

enum class BinaryKind : uint8_t { kAdd, kSub, kMul, kMaximum, kMinimum };

// out = clamp(a op b, min, max) for float, int8, uint8, int16, int32, int64. Integer sums and
// products wrap; the 8-bit and 16-bit types are for kMaximum and kMinimum, which compare as is.
template <typename T>
void BinaryPlain(BinaryKind kind, const BroadcastPlan& plan, const T* a, const T* b, T* out, T min,
                 T max);

// Quantized addition as XNNPACK does it: with the larger of the scale ratios s_a / s_out and
// s_b / s_out in [2^e, 2^(e+1)), multipliers are round(ratio * 2^(20 - e)) and
// out = clamp(((bias + a * a_multiplier + b * b_multiplier) >> shift) + zero point), the shift
// arithmetic and half of 2^shift in the bias. A subtraction has a negative b_multiplier.
struct AddLitertParams {
  int32_t a_multiplier = 0;
  int32_t b_multiplier = 0;
  int32_t bias = 0;
  int32_t shift = 0;  // 12 to 30
  OutputRange output;
};
// Whether XNNPACK adds with this ratio of input to output scale: [2^-10, 2^8).
bool AddLitertTakes(float a_scale, float b_scale, float output_scale);
AddLitertParams MakeAddLitertParams(float a_scale, int32_t a_zero_point, float b_scale,
                                    int32_t b_zero_point, float output_scale, bool subtract);

// Quantized addition of the reference kernels: both operands brought to one scale, twice the larger
// one, with 20 fractional bits, summed, and rescaled.
struct AddReferenceParams {
  int32_t a_zero_point = 0;
  int32_t b_zero_point = 0;
  FixedMultiplier a_multiplier;
  FixedMultiplier b_multiplier;  // negative for a subtraction
  FixedMultiplier output_multiplier;
  OutputRange output;
};
AddReferenceParams MakeAddReferenceParams(float a_scale, float b_scale, float output_scale,
                                          bool subtract);

// out = clamp(round((a - a_zero_point) * (b - b_zero_point) * scale) + output_zero_point), with the
// product of the scales over the output's in float32, rounded to nearest, ties to even.
struct MulLitertParams {
  int32_t a_zero_point = 0;
  int32_t b_zero_point = 0;
  float scale = 0;
  OutputRange output;
};
// Whether XNNPACK multiplies with this product scale over output scale: [2^-16, 2^8).
bool MulLitertTakes(float a_scale, float b_scale, float output_scale);

// The same with a fixed-point multiplier.
struct MulReferenceParams {
  int32_t a_zero_point = 0;
  int32_t b_zero_point = 0;
  FixedMultiplier multiplier;
  OutputRange output;
};

// For int8 and uint8; the output's range lies in the type.
template <typename T>
void AddLitert(const AddLitertParams& params, const BroadcastPlan& plan, const T* a, const T* b,
               T* out);
template <typename T>
void AddReference(const AddReferenceParams& params, const BroadcastPlan& plan, const T* a,
                  const T* b, T* out);
template <typename T>
void MulLitert(const MulLitertParams& params, const BroadcastPlan& plan, const T* a, const T* b,
               T* out);
template <typename T>
void MulReference(const MulReferenceParams& params, const BroadcastPlan& plan, const T* a,
                  const T* b, T* out);

// PReLU: out = a >= 0 ? a : a * slope, slope broadcast to a.
void PreluFloat(const BroadcastPlan& plan, const float* a, const float* slope, float* out);

// As the reference kernels: one multiplier for each side.
struct PreluParams {
  int32_t a_zero_point = 0;
  int32_t slope_zero_point = 0;
  FixedMultiplier positive;  // s_a / s_out
  FixedMultiplier negative;  // s_a * s_slope / s_out
  OutputRange output;
};
template <typename T>
void PreluQuantized(const PreluParams& params, const BroadcastPlan& plan, const T* a,
                    const T* slope, T* out);

namespace ref {
// Scalar, with the same results.
template <typename T>
void AddLitert(const AddLitertParams& params, const BroadcastPlan& plan, const T* a, const T* b,
               T* out);
template <typename T>
void MulLitert(const MulLitertParams& params, const BroadcastPlan& plan, const T* a, const T* b,
               T* out);
}  // namespace ref

}  // namespace octolite
