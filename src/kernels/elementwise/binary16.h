#pragma once

#include "kernels/elementwise/binary.h"

// Arithmetic of int16 activations, whose zero points are 0, in the fixed point of TFLite's kernels:
// no 16-bit operator is XNNPACK's.

namespace octolite {

// As AddReferenceParams, with 15 fractional bits. `b_multiplier` is negative for a subtraction.
AddReferenceParams MakeAddInt16Params(float a_scale, float b_scale, float output_scale,
                                      bool subtract);
void AddInt16(const AddReferenceParams& params, const BroadcastPlan& plan, const int16_t* a,
              const int16_t* b, int16_t* out);

// Scales that are powers of two, of which one operand's is the output's: the other operand is
// shifted right, and the sum or difference saturates.
struct AddPowerOfTwoParams {
  int a_shift = 0;  // 0 to 31, as b_shift
  int b_shift = 0;
  bool subtract = false;
  OutputRange output;
};
void AddPowerOfTwo(const AddPowerOfTwoParams& params, const BroadcastPlan& plan, const int16_t* a,
                   const int16_t* b, int16_t* out);

void MulInt16(const MulReferenceParams& params, const BroadcastPlan& plan, const int16_t* a,
              const int16_t* b, int16_t* out);

// The slope is int8.
void PreluInt16(const PreluParams& params, const BroadcastPlan& plan, const int16_t* a,
                const int8_t* slope, int16_t* out);

}  // namespace octolite
