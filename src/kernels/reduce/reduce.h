#pragma once

#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/elementwise/broadcast.h"
#include "kernels/requantize.h"

namespace octolite {

// The walk over an input that sums some of its dimensions: `reduced` is the input's shape with 1
// for these. Its `b` side is where each element's sum is kept.
BroadcastPlan MakeReducePlan(const Shape& input, const Shape& reduced);

enum class ReduceKind : uint8_t { kSum, kProd, kMax, kMin, kAny, kAll };

// Folds with the kind's function, from what the kind makes of nothing (0, 1, the lowest value, the
// highest, false, true; of floats, an infinity). Integers wrap. Any and all are for uint8, which
// stands for bool; the others for float, int8, uint8, int16, int32 and int64.
template <typename T>
void Reduce(ReduceKind kind, const BroadcastPlan& plan, const T* in, T* out, int64_t outputs);

// The product of int8 or int16 values: each multiplication is rescaled by `multiplier`, and so is
// the end, which leaves the first value alone. `products`: room for as many as there are outputs.
struct ProdParams {
  int32_t input_zero_point = 0;
  FixedMultiplier multiplier;  // shift at most 7
  OutputRange output;
};
template <typename T>
void ProdQuantized(const ProdParams& params, const BroadcastPlan& plan, const T* in, T* out,
                   int64_t* products, int64_t outputs);

// out = sum / count; `outputs` sums. The others need room for as many in `sums`.
void MeanFloat(const BroadcastPlan& plan, const float* in, float* out, int64_t outputs,
               int64_t count);
// The quotient truncates. For int32 and int64; sums wrap at 64 bits.
template <typename T>
void MeanInteger(const BroadcastPlan& plan, const T* in, T* out, int64_t* sums, int64_t outputs,
                 int64_t count);

// As XNNPACK: out = clamp(round(float(sum) * scale + offset)), ties to even, with
// scale = s_in / s_out / count and offset = zero point out - float(count * zero point in) * scale.
// A sum is the same without the division.
struct SumLitertParams {
  float scale = 0;
  float offset = 0;
  int32_t min = 0;
  int32_t max = 0;
};
SumLitertParams MakeMeanLitertParams(float input_scale, int32_t input_zero_point,
                                     float output_scale, int32_t output_zero_point, int64_t count);
SumLitertParams MakeSumLitertParams(float input_scale, int32_t input_zero_point, float output_scale,
                                    int32_t output_zero_point, int64_t count);

// As the reference kernels: the sum without its zero points, by a fixed-point multiplier that, for
// a mean, holds the division by the count.
struct SumReferenceParams {
  int32_t zero_points = 0;  // count * zero point of the input
  FixedMultiplier multiplier;
  OutputRange output;
};
FixedMultiplier MakeMeanMultiplier(float input_scale, float output_scale, int64_t count);

// As TFLite's optimized kernel of SUM: out = round(float(sum) * scale + offset) + zero point, ties
// away from zero, with scale = s_in / s_out and offset = -zero point in * scale * count.
struct SumOptimizedParams {
  float scale = 0;
  float offset = 0;
  OutputRange output;
};

// T is int8, uint8 or int16; sums wrap at 32 bits, which takes 2^23 values of 8 bits.
template <typename T>
void SumLitert(const SumLitertParams& params, const BroadcastPlan& plan, const T* in, T* out,
               int32_t* sums, int64_t outputs);
template <typename T>
void SumReference(const SumReferenceParams& params, const BroadcastPlan& plan, const T* in, T* out,
                  int32_t* sums, int64_t outputs);
template <typename T>
void SumOptimized(const SumOptimizedParams& params, const BroadcastPlan& plan, const T* in, T* out,
                  int32_t* sums, int64_t outputs);

}  // namespace octolite
