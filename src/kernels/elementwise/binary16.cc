#include "kernels/elementwise/binary16.h"

#include <algorithm>

namespace octolite {

AddReferenceParams MakeAddInt16Params(float a_scale, float b_scale, float output_scale,
                                      bool subtract) {
  AddReferenceParams params = MakeAddReferenceParams(a_scale, b_scale, output_scale, subtract);
  const double twice_larger = 2.0 * static_cast<double>(std::max(a_scale, b_scale));
  params.output_multiplier =
      QuantizeMultiplier(twice_larger / (0x1p15 * static_cast<double>(output_scale)));
  return params;
}

void AddInt16(const AddReferenceParams& params, const BroadcastPlan& plan, const int16_t* a,
              const int16_t* b, int16_t* out) {
  MapBroadcast(plan, a, b, out, [p = params](int16_t x, int16_t y) {
    constexpr int32_t kOne = 1 << 15;
    const int32_t sum = MultiplyByQuantizedMultiplier(x * kOne, p.a_multiplier) +
                        MultiplyByQuantizedMultiplier(y * kOne, p.b_multiplier);
    return static_cast<int16_t>(RequantizeFixedPoint(sum, p.output_multiplier, p.output));
  });
}

void AddPowerOfTwo(const AddPowerOfTwoParams& params, const BroadcastPlan& plan, const int16_t* a,
                   const int16_t* b, int16_t* out) {
  MapBroadcast(plan, a, b, out, [p = params](int16_t x, int16_t y) {
    const int32_t first = RoundingDivideByPowerOfTwo(x, p.a_shift);
    const int32_t second = RoundingDivideByPowerOfTwo(y, p.b_shift);
    // The output's range lies in int16, so that clamping saturates too.
    return static_cast<int16_t>(
        ClampOutput(p.subtract ? first - second : first + second, p.output));
  });
}

void MulInt16(const MulReferenceParams& params, const BroadcastPlan& plan, const int16_t* a,
              const int16_t* b, int16_t* out) {
  MapBroadcast(plan, a, b, out, [p = params](int16_t x, int16_t y) {
    return static_cast<int16_t>(RequantizeFixedPoint(x * y, p.multiplier, p.output));
  });
}

void PreluInt16(const PreluParams& params, const BroadcastPlan& plan, const int16_t* a,
                const int8_t* slope, int16_t* out) {
  MapBroadcast(plan, a, slope, out, [p = params](int16_t x, int8_t y) {
    return static_cast<int16_t>(
        x >= 0 ? RequantizeFixedPoint(x, p.positive, p.output)
               : RequantizeFixedPoint(x * (y - p.slope_zero_point), p.negative, p.output));
  });
}

}  // namespace octolite
