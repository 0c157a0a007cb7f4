#include "kernels/reduce/reduce.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/reduce/sum_channels.h"
#include "kernels/simd/map.h"

namespace octolite {
namespace {

// out[j] = f(...f(start, in)..., in) over the inputs of output j, in their order.
template <typename T, typename Acc, typename F>
void Fold(const BroadcastPlan& plan, const T* in, Acc* out, int64_t outputs, Acc start, F f) {
  std::fill(out, out + outputs, start);
  ForEachRow(plan, [=](int64_t in_offset, int64_t in_step, int64_t out_offset, int64_t out_step,
                       int64_t, int64_t count) {
    const T* from = in + in_offset;
    Acc* to = out + out_offset;
    if (out_step != 0) {
      for (int64_t i = 0; i < count; ++i) to[i] = f(to[i], from[i]);
    } else {
      Acc folded = *to;
      for (int64_t i = 0; i < count; ++i) folded = f(folded, from[i * in_step]);
      *to = folded;
    }
  });
}

template <typename T, typename Acc>
void Sum(const BroadcastPlan& plan, const T* in, Acc* sums, int64_t outputs) {
  // A row is summed by itself before it is added, which keeps floats more exact.
  std::fill(sums, sums + outputs, Acc{});
  ForEachRow(plan, [=](int64_t in_offset, int64_t, int64_t sum_offset, int64_t sum_step, int64_t,
                       int64_t count) {
    const T* from = in + in_offset;
    Acc* to = sums + sum_offset;
    if (sum_step != 0) {
      for (int64_t i = 0; i < count; ++i) to[i] += static_cast<Acc>(from[i]);
      return;
    }
    if constexpr (std::is_same_v<T, float>) {
      constexpr int64_t kWorthVectors = 8;
      if (count >= kWorthVectors) {
        *to += simd::SumFloats(from, static_cast<size_t>(count), [](v128_t x) { return x; });
        return;
      }
    }
    Acc sum = {};
    for (int64_t i = 0; i < count; ++i) sum += static_cast<Acc>(from[i]);
    *to += sum;
  });
}

template <typename T>
void SumQuantized(const BroadcastPlan& plan, const T* in, int32_t* sums, int64_t outputs) {
  if constexpr (sizeof(T) == 1) {
    const auto inner = static_cast<size_t>(plan.rank - 1);
    // All pixels of a channel: the last but one dimension goes, the last stays.
    if (plan.rank >= 2 && plan.b_strides[inner] == 1 && plan.b_strides[inner - 1] == 0) {
      const int64_t channels = plan.dims[inner];
      const int64_t pixels = plan.dims[inner - 1];
      BroadcastPlan images = plan;
      images.rank = plan.rank - 1;
      images.dims[inner - 1] = 1;
      std::fill(sums, sums + outputs, 0);
      ForEachRow(images,
                 [=](int64_t in_offset, int64_t, int64_t sum_offset, int64_t, int64_t, int64_t) {
                   SumChannels(in + in_offset, pixels, channels, sums + sum_offset);
                 });
      return;
    }
  }
  Sum(plan, in, reinterpret_cast<uint32_t*>(sums), outputs);
}

// The type in which integers wrap instead of overflowing.
template <typename T>
struct Wrapping {
  using Type = std::conditional_t<(sizeof(T) > 4), uint64_t, uint32_t>;
};
template <>
struct Wrapping<float> {
  using Type = float;
};

template <typename T>
constexpr T Lowest() {
  using Limits = std::numeric_limits<T>;
  return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
}
template <typename T>
constexpr T Highest() {
  using Limits = std::numeric_limits<T>;
  return Limits::has_infinity ? Limits::infinity() : Limits::max();
}

// A product of one value has not been rescaled yet, and none has no value.
constexpr int64_t kNoProduct = INT64_MIN;

// x * m with 16 bits of the multiplier, rounded half up, as the reference kernels do with wide
// accumulators; |x| < 2^47.
int32_t MultiplyWide(int64_t x, FixedMultiplier m) {
  const int64_t reduced =
      m.multiplier < 0x7FFF0000 ? (int64_t{m.multiplier} + (1 << 15)) >> 16 : 0x7FFF;
  const int shift = 15 - m.shift;
  return static_cast<int32_t>((x * reduced + (int64_t{1} << (shift - 1))) >> shift);
}

}  // namespace

BroadcastPlan MakeReducePlan(const Shape& input, const Shape& reduced) {
  return MakeBroadcastPlan(input, reduced, input);
}

template <typename T>
void Reduce(ReduceKind kind, const BroadcastPlan& plan, const T* in, T* out, int64_t outputs) {
  using W = typename Wrapping<T>::Type;
  switch (kind) {
    case ReduceKind::kSum:
      if constexpr (std::is_floating_point_v<T>) {
        Sum(plan, in, out, outputs);
      } else {
        Fold(plan, in, out, outputs, T{0},
             [](T a, T x) { return static_cast<T>(static_cast<W>(a) + static_cast<W>(x)); });
      }
      return;
    case ReduceKind::kProd:
      Fold(plan, in, out, outputs, T{1},
           [](T a, T x) { return static_cast<T>(static_cast<W>(a) * static_cast<W>(x)); });
      return;
    case ReduceKind::kMax:
      Fold(plan, in, out, outputs, Lowest<T>(), [](T a, T x) { return x > a ? x : a; });
      return;
    case ReduceKind::kMin:
      Fold(plan, in, out, outputs, Highest<T>(), [](T a, T x) { return x < a ? x : a; });
      return;
    case ReduceKind::kAny:
      Fold(plan, in, out, outputs, T{0}, [](T a, T x) { return x != T{0} ? T{1} : a; });
      return;
    case ReduceKind::kAll:
      Fold(plan, in, out, outputs, T{1}, [](T a, T x) { return x == T{0} ? T{0} : a; });
      return;
  }
}

template <typename T>
void ProdQuantized(const ProdParams& params, const BroadcastPlan& plan, const T* in, T* out,
                   int64_t* products, int64_t outputs) {
  Fold(plan, in, products, outputs, kNoProduct, [&](int64_t product, T x) {
    const int64_t value = int64_t{x} - params.input_zero_point;
    return product == kNoProduct ? value : MultiplyWide(product * value, params.multiplier);
  });
  for (int64_t i = 0; i < outputs; ++i) {
    // The product of nothing has no scale: LiteRT leaves the output as it was.
    const int64_t product = products[i] == kNoProduct ? 0 : products[i];
    out[i] = static_cast<T>(ClampOutput(MultiplyWide(product, params.multiplier), params.output));
  }
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

SumLitertParams MakeMeanLitertParams(float input_scale, int32_t input_zero_point,
                                     float output_scale, int32_t output_zero_point, int64_t count) {
  SumLitertParams params;
  params.scale = input_scale / output_scale * (1.0f / static_cast<float>(count));
  params.offset = static_cast<float>(output_zero_point) -
                  static_cast<float>(count * input_zero_point) * params.scale;
  return params;
}

SumLitertParams MakeSumLitertParams(float input_scale, int32_t input_zero_point, float output_scale,
                                    int32_t output_zero_point, int64_t count) {
  SumLitertParams params;
  params.scale = input_scale / output_scale;
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
void SumLitert(const SumLitertParams& params, const BroadcastPlan& plan, const T* in, T* out,
               int32_t* sums, int64_t outputs) {
  SumQuantized(plan, in, sums, outputs);
  const auto low = static_cast<float>(params.min);
  const auto high = static_cast<float>(params.max);
  for (int64_t i = 0; i < outputs; ++i) {
    const float scaled = static_cast<float>(sums[i]) * params.scale + params.offset;
    out[i] = static_cast<T>(std::nearbyint(std::min(std::max(low, scaled), high)));
  }
}

template <typename T>
void SumReference(const SumReferenceParams& params, const BroadcastPlan& plan, const T* in, T* out,
                  int32_t* sums, int64_t outputs) {
  SumQuantized(plan, in, sums, outputs);
  for (int64_t i = 0; i < outputs; ++i) {
    const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums[i]) -
                                          static_cast<uint32_t>(params.zero_points));
    out[i] = static_cast<T>(RequantizeFixedPoint(sum, params.multiplier, params.output));
  }
}

template <typename T>
void SumOptimized(const SumOptimizedParams& params, const BroadcastPlan& plan, const T* in, T* out,
                  int32_t* sums, int64_t outputs) {
  SumQuantized(plan, in, sums, outputs);
  constexpr float kLimit = 1 << 30;  // beyond every output, and safe to convert
  for (int64_t i = 0; i < outputs; ++i) {
    const float real = static_cast<float>(sums[i]) * params.scale + params.offset;
    // In this order the bounds hold for what is not a number, too.
    const float bounded = std::min(std::max(-kLimit, real), kLimit);
    const auto rounded = static_cast<int64_t>(std::round(bounded));
    out[i] = static_cast<T>(ClampOutput(rounded, params.output));
  }
}

#define OCTO_REDUCE(T) \
  template void Reduce<T>(ReduceKind, const BroadcastPlan&, const T*, T*, int64_t);
OCTO_REDUCE(float)
OCTO_REDUCE(int8_t)
OCTO_REDUCE(uint8_t)
OCTO_REDUCE(int16_t)
OCTO_REDUCE(int32_t)
OCTO_REDUCE(int64_t)
#undef OCTO_REDUCE
template void ProdQuantized<int8_t>(const ProdParams&, const BroadcastPlan&, const int8_t*, int8_t*,
                                    int64_t*, int64_t);
template void ProdQuantized<int16_t>(const ProdParams&, const BroadcastPlan&, const int16_t*,
                                     int16_t*, int64_t*, int64_t);
template void MeanInteger<int32_t>(const BroadcastPlan&, const int32_t*, int32_t*, int64_t*,
                                   int64_t, int64_t);
template void MeanInteger<int64_t>(const BroadcastPlan&, const int64_t*, int64_t*, int64_t*,
                                   int64_t, int64_t);
#define OCTO_SUM(T)                                                                                \
  template void SumLitert<T>(const SumLitertParams&, const BroadcastPlan&, const T*, T*, int32_t*, \
                             int64_t);                                                             \
  template void SumReference<T>(const SumReferenceParams&, const BroadcastPlan&, const T*, T*,     \
                                int32_t*, int64_t);                                                \
  template void SumOptimized<T>(const SumOptimizedParams&, const BroadcastPlan&, const T*, T*,     \
                                int32_t*, int64_t);
OCTO_SUM(int8_t)
OCTO_SUM(uint8_t)
OCTO_SUM(int16_t)
#undef OCTO_SUM

}  // namespace octolite
