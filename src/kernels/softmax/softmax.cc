#include "kernels/softmax/softmax.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/activation/float_math.h"
#include "kernels/fixed_math.h"
#include "kernels/simd/map.h"
#include "kernels/softmax/exp_row.h"

namespace octolite {
namespace {

template <typename T>
int32_t Largest(const T* values, int64_t count) {
  T largest = std::numeric_limits<T>::min();
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, values[i]);
  return largest;
}

}  // namespace

void SoftmaxFloat(const float* in, float* out, int64_t rows, int64_t depth, float beta) {
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const float sum = ExpOfRow(in, out, depth, LargestOfRow(in, depth), beta);
    const v128_t inverse = wasm_f32x4_splat(1.0f / sum);
    simd::MapFloats(out, out, static_cast<size_t>(depth),
                    [=](v128_t x) { return wasm_f32x4_mul(x, inverse); });
  }
}

SoftmaxTable MakeSoftmaxTable(float beta, float input_scale) {
  SoftmaxTable table;
  const float scale = -input_scale * beta;
  for (size_t i = 0; i < table.exp_of_minus.size(); ++i) {
    table.exp_of_minus[i] = std::exp(scale * static_cast<float>(i));
  }
  return table;
}

SoftmaxFixed MakeSoftmaxFixed(float beta, float input_scale) {
  const double real = static_cast<double>(beta) * static_cast<double>(input_scale) * 0x1p26;
  const FixedMultiplier multiplier = QuantizeMultiplier(std::min(real, 2147483647.0));
  SoftmaxFixed params;
  // What stays in 5 integer bits when scaled.
  const double radius = 31.0 * 0x1p26 / std::ldexp(1.0, multiplier.shift);
  params.largest_difference = static_cast<int32_t>(std::floor(std::min(radius, 255.0)));
  for (int32_t i = 0; i <= params.largest_difference; ++i) {
    params.exp_of_minus[static_cast<size_t>(i)] =
        ExpOnNegatives(MultiplyByQuantizedMultiplier(-i, multiplier));
  }
  return params;
}

namespace {

// Rows whose sums are made at the same time: each is a chain of additions in the peer's order.
constexpr size_t kRows = 4;

// The share of a sum of 1 / (output scale * inverse) that exp_of_minus is, rounded as the peer.
template <typename T>
T RoundShare(const SoftmaxTable& table, float exp_of_minus, float inverse) {
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  constexpr int32_t kMax = std::numeric_limits<T>::max();
  const float scaled = exp_of_minus * inverse;
  const int32_t rounded =
      std::is_signed_v<T> ? static_cast<int32_t>(RoundHalfAway(scaled)) + table.output_zero_point
                          // As the peer rounds, ties and all.
                          // NOLINTNEXTLINE(bugprone-incorrect-roundings)
                          : static_cast<int32_t>(scaled + 0.5f);
  return static_cast<T>(std::clamp(rounded, kMin, kMax));
}

template <typename T>
void SoftmaxLitertRow(const SoftmaxTable& table, int32_t largest, float sum, const T* in, T* out,
                      int64_t depth) {
  const float inverse = 1.0f / (sum * table.output_scale);
  const auto& exps = table.exp_of_minus;
  if (depth < static_cast<int64_t>(exps.size())) {
    for (int64_t i = 0; i < depth; ++i) {
      out[i] = RoundShare<T>(table, exps[static_cast<size_t>(largest - in[i])], inverse);
    }
    return;
  }
  std::array<T, 256> shares;
  for (size_t i = 0; i < shares.size(); ++i) shares[i] = RoundShare<T>(table, exps[i], inverse);
  for (int64_t i = 0; i < depth; ++i) out[i] = shares[static_cast<size_t>(largest - in[i])];
}

template <size_t kCount, typename T>
void SoftmaxLitertRows(const SoftmaxTable& table, const T* in, T* out, int64_t depth) {
  int32_t largest[kCount];
  float sums[kCount] = {};
  for (size_t row = 0; row < kCount; ++row) {
    largest[row] = Largest(in + static_cast<int64_t>(row) * depth, depth);
  }
  for (int64_t i = 0; i < depth; ++i) {
    for (size_t row = 0; row < kCount; ++row) {
      const int32_t x = in[static_cast<int64_t>(row) * depth + i];
      sums[row] += table.exp_of_minus[static_cast<size_t>(largest[row] - x)];
    }
  }
  for (size_t row = 0; row < kCount; ++row) {
    const int64_t at = static_cast<int64_t>(row) * depth;
    SoftmaxLitertRow(table, largest[row], sums[row], in + at, out + at, depth);
  }
}

}  // namespace

template <typename T>
void SoftmaxLitert(const SoftmaxTable& table, const T* in, T* out, int64_t rows, int64_t depth) {
  constexpr auto kTogether = static_cast<int64_t>(kRows);
  int64_t row = 0;
  for (; row + kTogether <= rows; row += kTogether) {
    SoftmaxLitertRows<kRows>(table, in + row * depth, out + row * depth, depth);
  }
  for (; row < rows; ++row) {
    SoftmaxLitertRows<1>(table, in + row * depth, out + row * depth, depth);
  }
}

template <typename T>
void SoftmaxReference(const SoftmaxFixed& params, const T* in, T* out, int64_t rows,
                      int64_t depth) {
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  constexpr int32_t kMax = std::numeric_limits<T>::max();
  constexpr int kSumIntegerBits = 12;
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const int32_t largest = Largest(in, depth);
    uint64_t wide_sum = 0;
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t difference = largest - in[i];
      if (difference > params.largest_difference) continue;
      wide_sum += static_cast<uint64_t>(RoundingDivideByPowerOfTwo(
          params.exp_of_minus[static_cast<size_t>(difference)], kSumIntegerBits));
    }
    // More than 4096 equal largest elements leave the peer's 32 bits; ours saturate.
    const auto sum = static_cast<uint32_t>(std::min<uint64_t>(wide_sum, UINT32_MAX));
    // The sum is at least the maximum's own share, so it has a leading bit.
    const int headroom = sum == 0 ? 0 : std::countl_zero(sum);
    const auto mantissa = static_cast<int32_t>((sum << headroom) - 0x80000000u);
    const int32_t reciprocal = ReciprocalOfOnePlus(mantissa);
    const int exponent = std::min(kSumIntegerBits - headroom + 31 - 8, 31);
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t difference = largest - in[i];
      if (difference > params.largest_difference) {
        out[i] = static_cast<T>(kMin);
        continue;
      }
      const int32_t share = RoundingDivideByPowerOfTwo(
          SaturatingRoundingDoublingHighMul(reciprocal,
                                            params.exp_of_minus[static_cast<size_t>(difference)]),
          exponent);
      out[i] = static_cast<T>(std::clamp(share + kMin, kMin, kMax));
    }
  }
}

Softmax16 MakeSoftmax16(float beta, float input_scale) {
  constexpr double kRange = 65535;
  Softmax16 params;
  params.to_table = QuantizeMultiplier(static_cast<double>(input_scale * beta) / (10.0 / kRange));
  params.exp = MakeLut16<double>({10.0 / kRange, INT16_MAX}, {2.0 / kRange, 0},
                                 [](double x) { return std::exp(x); });
  params.reciprocal = MakeLut16<double>({1.0 / kRange, INT16_MIN}, {2.0 / kRange, 0},
                                        [](double x) { return 1.0 / (1.0 + x); });
  return params;
}

void SoftmaxInt16(const Softmax16& params, const int16_t* in, int16_t* out, int64_t rows,
                  int64_t depth) {
  const auto saturate = [](int64_t x) {
    return static_cast<int16_t>(std::clamp<int64_t>(x, INT16_MIN, INT16_MAX));
  };
  for (int64_t row = 0; row < rows; ++row, in += depth, out += depth) {
    const int32_t largest = Largest(in, depth);
    int64_t sum = 0;
    for (int64_t i = 0; i < depth; ++i) {
      const int64_t difference = MultiplyByQuantizedMultiplier(in[i] - largest, params.to_table);
      out[i] = LookUp16(params.exp, saturate(difference + INT16_MAX));
      sum += out[i];
    }
    // In 15 fractional bits, at least the maximum's own share, one.
    const auto bounded = static_cast<uint32_t>(std::clamp<int64_t>(sum, 1, INT32_MAX));
    const int headroom = std::countl_zero(bounded);
    const int64_t normalized = ((int64_t{bounded} << (headroom - 1)) + (1 << 13)) >> 14;
    const int16_t scale =
        LookUp16(params.reciprocal, saturate(normalized - ((1 << 15) + (1 << 16))));
    const int shift = 31 - headroom;
    const int64_t round = shift > 0 ? int64_t{1} << (shift - 1) : 0;
    for (int64_t i = 0; i < depth; ++i) {
      const int64_t share = (int64_t{out[i]} * scale + round) >> shift;
      out[i] = static_cast<int16_t>(std::clamp<int64_t>(share, 0, INT16_MAX));
    }
  }
}

template void SoftmaxLitert<int8_t>(const SoftmaxTable&, const int8_t*, int8_t*, int64_t, int64_t);
template void SoftmaxLitert<uint8_t>(const SoftmaxTable&, const uint8_t*, uint8_t*, int64_t,
                                     int64_t);
template void SoftmaxReference<int8_t>(const SoftmaxFixed&, const int8_t*, int8_t*, int64_t,
                                       int64_t);
template void SoftmaxReference<uint8_t>(const SoftmaxFixed&, const uint8_t*, uint8_t*, int64_t,
                                        int64_t);

}  // namespace octolite
