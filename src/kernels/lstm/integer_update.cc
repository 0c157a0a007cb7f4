#include "kernels/lstm/integer_update.h"

#include <algorithm>

#include "base/fixed_point.h"

namespace octolite {

void UpdateIntegerCell(int64_t count, int scale_log2, int16_t clip, const int16_t* forget,
                       const int16_t* input, const int16_t* cell, int16_t* state) {
  const int shift = 30 + scale_log2;
  for (int64_t i = 0; i < count; ++i) {
    const auto kept = static_cast<int16_t>(
        RoundingDivideByPowerOfTwo(int32_t{forget[i]} * int32_t{state[i]}, 15));
    const int32_t admitted = input != nullptr ? input[i] : 32767 - forget[i];
    const auto added =
        static_cast<int16_t>(RoundingDivideByPowerOfTwo(admitted * int32_t{cell[i]}, shift));
    const int32_t sum = std::clamp(kept + added, -32768, 32767);
    const int32_t limit = clip > 0 ? clip : 32768;
    state[i] = static_cast<int16_t>(std::clamp(sum, -limit, limit));
  }
}

}  // namespace octolite
