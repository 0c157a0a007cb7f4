#include "kernels/reduce/reduce.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace octolite {
namespace {

template <typename T, typename Acc>
void Sum(const BroadcastPlan& plan, const T* in, Acc* sums, int64_t outputs) {
  std::fill(sums, sums + outputs, Acc{});
  ForEachRow(plan, [=](int64_t in_offset, int64_t in_step, int64_t sum_offset, int64_t sum_step,
                       int64_t, int64_t count) {
    const T* from = in + in_offset;
    Acc* to = sums + sum_offset;
    if (sum_step != 0) {
      for (int64_t i = 0; i < count; ++i) to[i] += static_cast<Acc>(from[i]);
    } else {
      Acc sum = {};
      for (int64_t i = 0; i < count; ++i) sum += static_cast<Acc>(from[i * in_step]);
      *to += sum;
    }
  });
}

}  // namespace

BroadcastPlan MakeReducePlan(const Shape& input, const Shape& reduced) {
  return MakeBroadcastPlan(input, reduced, input);
}

void MeanFloat(const BroadcastPlan& plan, const float* in, float* out, int64_t outputs,
               int64_t count) {
  Sum(plan, in, out, outputs);
  const auto divisor = static_cast<float>(count);
  for (int64_t i = 0; i < outputs; ++i) out[i] /= divisor;
}

template <typename T>
void MeanInteger(const BroadcastPlan& plan, const T* in, T* out, int64_t* sums, int64_t outputs,
                 int64_t count) {
  Sum(plan, in, reinterpret_cast<uint64_t*>(sums), outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    out[i] = count == 0 ? T{0} : static_cast<T>(sums[i] / count);
  }
}

MeanLitertParams MakeMeanLitertParams(float input_scale, int32_t input_zero_point,
                                      float output_scale, int32_t output_zero_point,
                                      int64_t count) {
  MeanLitertParams params;
  params.scale = input_scale / output_scale * (1.0f / static_cast<float>(count));
  params.offset = static_cast<float>(output_zero_point) -
                  static_cast<float>(count * input_zero_point) * params.scale;
  return params;
}

FixedMultiplier MakeMeanMultiplier(float input_scale, float output_scale, int64_t count) {
  FixedMultiplier multiplier =
      QuantizeMultiplier(static_cast<double>(input_scale) / static_cast<double>(output_scale));
  int shift = 63 - std::countl_zero(static_cast<uint64_t>(count));
  // The dividend keeps as many bits as fit: the shift of the result must stay above -32.
  shift = std::min({shift, 32, 31 + multiplier.shift});
  multiplier.multiplier =
      static_cast<int32_t>((static_cast<int64_t>(multiplier.multiplier) << shift) / count);
  multiplier.shift -= shift;
  return multiplier;
}

template <typename T>
void MeanLitert(const MeanLitertParams& params, const BroadcastPlan& plan, const T* in, T* out,
                int32_t* sums, int64_t outputs) {
  Sum(plan, in, sums, outputs);
  const auto low = static_cast<float>(params.min);
  const auto high = static_cast<float>(params.max);
  for (int64_t i = 0; i < outputs; ++i) {
    const float scaled = static_cast<float>(sums[i]) * params.scale + params.offset;
    out[i] = static_cast<T>(std::nearbyint(std::min(std::max(low, scaled), high)));
  }
}

template <typename T>
void MeanReference(const MeanReferenceParams& params, const BroadcastPlan& plan, const T* in,
                   T* out, int32_t* sums, int64_t outputs) {
  Sum(plan, in, sums, outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    out[i] = static_cast<T>(
        RequantizeFixedPoint(sums[i] - params.zero_points, params.multiplier, params.output));
  }
}

template void MeanInteger<int32_t>(const BroadcastPlan&, const int32_t*, int32_t*, int64_t*,
                                   int64_t, int64_t);
template void MeanInteger<int64_t>(const BroadcastPlan&, const int64_t*, int64_t*, int64_t*,
                                   int64_t, int64_t);
#define OCTO_MEAN(T)                                                                             \
  template void MeanLitert<T>(const MeanLitertParams&, const BroadcastPlan&, const T*, T*,       \
                              int32_t*, int64_t);                                                \
  template void MeanReference<T>(const MeanReferenceParams&, const BroadcastPlan&, const T*, T*, \
                                 int32_t*, int64_t);
OCTO_MEAN(int8_t)
OCTO_MEAN(uint8_t)
#undef OCTO_MEAN

}  // namespace octolite
