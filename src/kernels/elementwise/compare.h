#pragma once

#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/elementwise/broadcast.h"

namespace octolite {

// a > b and a >= b are the last two with the operands changed over.
enum class CompareKind : uint8_t { kEqual, kNotEqual, kLess, kLessEqual };

// out = a op b as 0 or 1, for float, int16, int32 and int64.
template <typename T>
void Compare(CompareKind kind, const BroadcastPlan& plan, const T* a, const T* b, uint8_t* out);

// Of bool bytes (anything but 0 is true) and of the bits of float16 and bfloat16 numbers.
void CompareBool(CompareKind kind, const BroadcastPlan& plan, const uint8_t* a, const uint8_t* b,
                 uint8_t* out);
void CompareFloat16(CompareKind kind, const BroadcastPlan& plan, const uint16_t* a,
                    const uint16_t* b, uint8_t* out);
void CompareBFloat16(CompareKind kind, const BroadcastPlan& plan, const uint16_t* a,
                     const uint16_t* b, uint8_t* out);

// Quantized operands as the reference kernels compare them: 256 * (q - zero point) * scale in fixed
// point, rounded to whole numbers.
struct CompareOperand {
  int32_t zero_point = 0;
  FixedMultiplier scale;
};

// For int8, uint8 and int16.
template <typename T>
void CompareQuantized(CompareKind kind, const BroadcastPlan& plan, const CompareOperand& a_params,
                      const CompareOperand& b_params, const T* a, const T* b, uint8_t* out);

}  // namespace octolite
