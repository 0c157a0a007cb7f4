#include "kernels/elementwise/compare.h"

#include <bit>

#include "base/float16.h"

namespace octolite {
namespace {

// Compares of_a(a) with of_b(b).
template <typename T, typename OfA, typename OfB>
void Run(CompareKind kind, const BroadcastPlan& plan, const T* a, const T* b, uint8_t* out,
         OfA of_a, OfB of_b) {
  const auto map = [&](auto compare) {
    MapBroadcast(plan, a, b, out,
                 [=](T x, T y) { return static_cast<uint8_t>(compare(of_a(x), of_b(y))); });
  };
  switch (kind) {
    case CompareKind::kEqual:
      return map([](auto x, auto y) { return x == y; });
    case CompareKind::kNotEqual:
      return map([](auto x, auto y) { return x != y; });
    case CompareKind::kLess:
      return map([](auto x, auto y) { return x < y; });
    case CompareKind::kLessEqual:
      return map([](auto x, auto y) { return x <= y; });
  }
}

}  // namespace

template <typename T>
void Compare(CompareKind kind, const BroadcastPlan& plan, const T* a, const T* b, uint8_t* out) {
  const auto same = [](T x) { return x; };
  Run(kind, plan, a, b, out, same, same);
}

void CompareBool(CompareKind kind, const BroadcastPlan& plan, const uint8_t* a, const uint8_t* b,
                 uint8_t* out) {
  const auto truth = [](uint8_t x) { return x != 0; };
  Run(kind, plan, a, b, out, truth, truth);
}

void CompareFloat16(CompareKind kind, const BroadcastPlan& plan, const uint16_t* a,
                    const uint16_t* b, uint8_t* out) {
  Run(kind, plan, a, b, out, Float16ToFloat, Float16ToFloat);
}

void CompareBFloat16(CompareKind kind, const BroadcastPlan& plan, const uint16_t* a,
                     const uint16_t* b, uint8_t* out) {
  const auto widen = [](uint16_t x) {
    return std::bit_cast<float>(static_cast<uint32_t>(x) << 16);
  };
  Run(kind, plan, a, b, out, widen, widen);
}

template <typename T>
void CompareQuantized(CompareKind kind, const BroadcastPlan& plan, const CompareOperand& a_params,
                      const CompareOperand& b_params, const T* a, const T* b, uint8_t* out) {
  const auto scaled = [](const CompareOperand& params) {
    return [params](T q) {
      return MultiplyByQuantizedMultiplier((q - params.zero_point) * 256, params.scale);
    };
  };
  Run(kind, plan, a, b, out, scaled(a_params), scaled(b_params));
}

#define OCTO_COMPARE(T) \
  template void Compare<T>(CompareKind, const BroadcastPlan&, const T*, const T*, uint8_t*);
OCTO_COMPARE(float)
OCTO_COMPARE(int16_t)
OCTO_COMPARE(int32_t)
OCTO_COMPARE(int64_t)
#undef OCTO_COMPARE

#define OCTO_COMPARE_QUANTIZED(T)                                                             \
  template void CompareQuantized<T>(CompareKind, const BroadcastPlan&, const CompareOperand&, \
                                    const CompareOperand&, const T*, const T*, uint8_t*);
OCTO_COMPARE_QUANTIZED(int8_t)
OCTO_COMPARE_QUANTIZED(uint8_t)
OCTO_COMPARE_QUANTIZED(int16_t)
#undef OCTO_COMPARE_QUANTIZED

}  // namespace octolite
