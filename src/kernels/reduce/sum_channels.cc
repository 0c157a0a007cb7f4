#include "kernels/reduce/sum_channels.h"

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "kernels/simd/simd.h"

namespace octolite {
namespace {

constexpr int64_t kWidth = 16;

template <typename T>
v128_t Widen16(v128_t v, bool high) {
  if constexpr (std::is_signed_v<T>) {
    return high ? wasm_i16x8_extend_high_i8x16(v) : wasm_i16x8_extend_low_i8x16(v);
  } else {
    return high ? wasm_u16x8_extend_high_u8x16(v) : wasm_u16x8_extend_low_u8x16(v);
  }
}

template <typename T>
v128_t Widen32(v128_t v, bool high) {
  if constexpr (std::is_signed_v<T>) {
    return high ? wasm_i32x4_extend_high_i16x8(v) : wasm_i32x4_extend_low_i16x8(v);
  } else {
    return high ? wasm_u32x4_extend_high_u16x8(v) : wasm_u32x4_extend_low_u16x8(v);
  }
}

void AddOne(int32_t& sum, int32_t x) {
  sum = static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(x));
}

// Sums of kVectors vectors side by side over `steps` steps of `stride`, in 16 bits for as long as
// they fit.
template <int kVectors, typename T>
void SumVectors(const T* in, int64_t steps, int64_t stride, int32_t* sums) {
  constexpr int64_t kMostSteps = 256;  // of -128 or 255: within 16 bits
  for (int64_t done = 0; done < steps; done += kMostSteps) {
    const int64_t count = std::min(kMostSteps, steps - done);
    v128_t low[kVectors], high[kVectors];
    for (int v = 0; v < kVectors; ++v) low[v] = high[v] = wasm_i16x8_splat(0);
    const T* from = in + done * stride;
    for (int64_t i = 0; i < count; ++i, from += stride) {
      for (int v = 0; v < kVectors; ++v) {
        const v128_t x = simd::Load(from + v * kWidth);
        low[v] = wasm_i16x8_add(low[v], Widen16<T>(x, false));
        high[v] = wasm_i16x8_add(high[v], Widen16<T>(x, true));
      }
    }
    int32_t* to = sums;
    for (int v = 0; v < kVectors; ++v) {
      for (const v128_t half : {low[v], high[v]}) {
        for (const bool upper : {false, true}) {
          simd::Store(to, wasm_i32x4_add(simd::Load(to), Widen32<T>(half, upper)));
          to += 4;
        }
      }
    }
  }
}

}  // namespace

template <typename T>
void SumChannels(const T* in, int64_t pixels, int64_t channels, int32_t* sums) {
  // The numbers that whole vectors and whole pixels have in common: channels lie in lanes alike
  // from one such group to the next.
  constexpr int kTogether = 4;
  const int64_t group = std::lcm(channels, kWidth);
  const int64_t total = pixels * channels;
  int64_t at = 0;
  if (total >= 2 * group) {
    const int64_t steps = total / group;
    const auto add = [&](int64_t vector, const int32_t* lanes, int64_t count) {
      int64_t c = vector * kWidth % channels;
      for (int64_t i = 0; i < count; ++i) {
        AddOne(sums[c], lanes[i]);
        if (++c == channels) c = 0;
      }
    };
    const int64_t vectors = group / kWidth;
    int64_t v = 0;
    for (; v + kTogether <= vectors; v += kTogether) {
      int32_t lanes[kTogether * kWidth] = {};
      SumVectors<kTogether>(in + v * kWidth, steps, group, lanes);
      add(v, lanes, kTogether * kWidth);
    }
    for (; v < vectors; ++v) {
      int32_t lanes[kWidth] = {};
      SumVectors<1>(in + v * kWidth, steps, group, lanes);
      add(v, lanes, kWidth);
    }
    at = steps * group;
  }
  // Whole pixels.
  for (; at < total; at += channels) {
    for (int64_t c = 0; c < channels; ++c) AddOne(sums[c], in[at + c]);
  }
}

template void SumChannels<int8_t>(const int8_t*, int64_t, int64_t, int32_t*);
template void SumChannels<uint8_t>(const uint8_t*, int64_t, int64_t, int32_t*);

}  // namespace octolite
