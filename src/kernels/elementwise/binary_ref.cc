// The scalar forms of what binary_q8_simd.cc does with vectors: the oracle of its tests.

#include <algorithm>
#include <cmath>

#include "kernels/elementwise/binary.h"

namespace octolite::ref {

template <typename T>
void AddLitert(const AddLitertParams& params, const BroadcastPlan& plan, const T* a, const T* b,
               T* out) {
  MapBroadcast(plan, a, b, out, [p = params](T x, T y) {
    const int32_t sum = p.bias + x * p.a_multiplier + y * p.b_multiplier;
    return static_cast<T>(
        std::clamp((sum >> p.shift) + p.output.zero_point, p.output.min, p.output.max));
  });
}

template <typename T>
void MulLitert(const MulLitertParams& params, const BroadcastPlan& plan, const T* a, const T* b,
               T* out) {
  // The product is below 2^17 and the scale below 2^8: no clamping is needed before the rounding.
  MapBroadcast(plan, a, b, out, [p = params](T x, T y) {
    const int32_t product = (x - p.a_zero_point) * (y - p.b_zero_point);
    const float scaled = static_cast<float>(product) * p.scale;
    const auto rounded = static_cast<int32_t>(std::nearbyint(scaled));
    return static_cast<T>(std::clamp(rounded + p.output.zero_point, p.output.min, p.output.max));
  });
}

template void AddLitert<int8_t>(const AddLitertParams&, const BroadcastPlan&, const int8_t*,
                                const int8_t*, int8_t*);
template void AddLitert<uint8_t>(const AddLitertParams&, const BroadcastPlan&, const uint8_t*,
                                 const uint8_t*, uint8_t*);
template void MulLitert<int8_t>(const MulLitertParams&, const BroadcastPlan&, const int8_t*,
                                const int8_t*, int8_t*);
template void MulLitert<uint8_t>(const MulLitertParams&, const BroadcastPlan&, const uint8_t*,
                                 const uint8_t*, uint8_t*);

}  // namespace octolite::ref
