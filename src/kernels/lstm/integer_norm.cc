#include "kernels/lstm/integer_norm.h"

#include <algorithm>

#include "kernels/recurrent/fixed_functions.h"

namespace octolite {

void NormalizeGate(const int16_t* factors, const int32_t* bias, FixedMultiplier scale,
                   int32_t variance_guard, int64_t count, int16_t* values) {
  constexpr int64_t kTwoTo20 = 1 << 20;
  int64_t sum = 0;
  int64_t squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    sum += values[i];
    squares += int32_t{values[i]} * int32_t{values[i]};
  }
  // The mean has ten more bits than the values, the variance twenty before the division.
  const int64_t mean = sum * 1024 / count;
  const auto variance =
      static_cast<int32_t>((squares * (kTwoTo20 / count) - mean * mean) / kTwoTo20);
  const FixedMultiplier inverse = InverseSqrtMultiplier(variance < 1 ? variance_guard : variance);
  // Ten bits for the factors and two for the three integer bits of the result.
  const FixedMultiplier to_output = {scale.multiplier, scale.shift + 12};
  for (int64_t i = 0; i < count; ++i) {
    const auto centred = static_cast<int32_t>(1024 * values[i] - mean);
    const int32_t normal = MultiplyByQuantizedMultiplier(centred, inverse);
    // Wraps, as the peer's 32 bits do.
    const auto weighted = static_cast<int32_t>(static_cast<uint32_t>(normal) *
                                                   static_cast<uint32_t>(int32_t{factors[i]}) +
                                               static_cast<uint32_t>(bias[i]));
    const int64_t rounded = weighted > 0 ? int64_t{weighted} + 512 : int64_t{weighted} - 512;
    const int32_t result =
        MultiplyByQuantizedMultiplier(static_cast<int32_t>(rounded / 1024), to_output);
    values[i] = static_cast<int16_t>(std::clamp(result, -32768, 32767));
  }
}

}  // namespace octolite
