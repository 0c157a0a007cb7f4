#pragma once

#include <cstdint>

#include "base/fixed_point.h"
#include "kernels/elementwise/broadcast.h"
#include "kernels/requantize.h"

namespace octolite {

// The walk over an input that sums some of its dimensions: `reduced` is the input's shape with 1
// for these. Its `b` side is where each element's sum is kept.
BroadcastPlan MakeReducePlan(const Shape& input, const Shape& reduced);

// out = sum / count; `outputs` sums. The others need room for as many in `sums`.
void MeanFloat(const BroadcastPlan& plan, const float* in, float* out, int64_t outputs,
               int64_t count);
// The quotient truncates. For int32 and int64; sums wrap at 64 bits.
template <typename T>
void MeanInteger(const BroadcastPlan& plan, const T* in, T* out, int64_t* sums, int64_t outputs,
                 int64_t count);

// As XNNPACK: out = clamp(round(float(sum) * scale + offset)), ties to even, with
// scale = s_in / s_out / count and offset = zero point out - float(count * zero point in) * scale.
struct MeanLitertParams {
  float scale = 0;
  float offset = 0;
  int32_t min = 0;
  int32_t max = 0;
};
MeanLitertParams MakeMeanLitertParams(float input_scale, int32_t input_zero_point,
                                      float output_scale, int32_t output_zero_point, int64_t count);

// As the reference kernels: the sum without its zero points, by a fixed-point multiplier that
// holds the division by the count.
struct MeanReferenceParams {
  int32_t zero_points = 0;  // count * zero point of the input
  FixedMultiplier multiplier;
  OutputRange output;
};
FixedMultiplier MakeMeanMultiplier(float input_scale, float output_scale, int64_t count);

// T is int8 or uint8; count is below 2^23, so that no sum overflows.
template <typename T>
void MeanLitert(const MeanLitertParams& params, const BroadcastPlan& plan, const T* in, T* out,
                int32_t* sums, int64_t outputs);
template <typename T>
void MeanReference(const MeanReferenceParams& params, const BroadcastPlan& plan, const T* in,
                   T* out, int32_t* sums, int64_t outputs);

}  // namespace octolite
