#pragma once

#include <cstdint>

namespace octolite {

// sums[c] += in[p][c] over all `pixels`, for `channels` numbers of 8 bits that lie side by side;
// sums wrap. T is int8 or uint8.
template <typename T>
void SumChannels(const T* in, int64_t pixels, int64_t channels, int32_t* sums);

}  // namespace octolite
