#include "kernels/recurrent/fixed_functions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>

namespace octolite {
namespace {

constexpr int16_t kOne = INT16_MAX;  // of Q0, as near as it gets

// Sums wrap as the peer's do.
int16_t Wrap16(int32_t x) { return static_cast<int16_t>(x); }

// x * 2^exponent; what is above the largest negative bound saturates a step early.
template <typename T>
T SaturatingShiftLeft(T x, int exponent) {
  constexpr int kBits = 8 * static_cast<int>(sizeof(T));
  const int32_t threshold = (int32_t{1} << (kBits - 1 - exponent)) - 1;
  if (x > threshold) return std::numeric_limits<T>::max();
  if (x < -threshold) return std::numeric_limits<T>::min();
  return static_cast<T>(x * (T{1} << exponent));
}

// exp(a) for a in [-1/4, 0), Q0 to Q0.
int16_t ExpOnQuarter(int16_t a) {
  constexpr int16_t kExpOfMinusEighth = 28918;
  constexpr int16_t kThird = 10923;
  const int16_t x = Wrap16(a + (1 << 12));  // the series is about -1/8
  const int16_t x2 = SaturatingRoundingDoublingHighMul16(x, x);
  const int16_t x3 = SaturatingRoundingDoublingHighMul16(x2, x);
  const int16_t x4 = SaturatingRoundingDoublingHighMul16(x2, x2);
  const int16_t x4_over_4 = Wrap16(RoundingDivideByPowerOfTwo(x4, 2));
  const int16_t higher = Wrap16(RoundingDivideByPowerOfTwo(
      Wrap16(SaturatingRoundingDoublingHighMul16(Wrap16(x4_over_4 + x3), kThird) + x2), 1));
  return Saturate16(kExpOfMinusEighth +
                    SaturatingRoundingDoublingHighMul16(kExpOfMinusEighth, Wrap16(x + higher)));
}

// exp(a) for a <= 0, Q(integer_bits) to Q0; integer_bits in [1, 7].
int16_t ExpOnNegative(int16_t a, int integer_bits) {
  // exp(-2^n) for n from -2 to 4.
  constexpr std::array<int16_t, 7> kPowers = {25520, 19875, 12055, 4435, 600, 11, 0};
  if (a == 0) return kOne;
  const int fraction_bits = 15 - integer_bits;
  const int32_t quarter = 1 << (fraction_bits - 2);
  const int32_t rest = (a & (quarter - 1)) - quarter;  // in [-1/4, 0)
  int16_t result = ExpOnQuarter(SaturatingShiftLeft(Wrap16(rest), integer_bits));
  const int32_t quarters = rest - a;
  for (int n = 0; n < integer_bits + 2 && n < 7; ++n) {
    if ((quarters & (1 << (fraction_bits + n - 2))) == 0) continue;
    result = SaturatingRoundingDoublingHighMul16(result, kPowers[static_cast<size_t>(n)]);
  }
  const bool vanishes = integer_bits > 5 && a < -(1 << (fraction_bits + 5));
  return vanishes ? int16_t{0} : result;
}

// 1 / ((1 + a) / 2) for a in (0, 1), Q0 to Q2: Newton-Raphson from 48/17 - 32/17 d.
int16_t ReciprocalOfHalfSum(int16_t a) {
  constexpr int16_t kFortyEightOver17 = 23130;
  constexpr int16_t kMinusThirtyTwoOver17 = -15420;
  constexpr int32_t kOneQ2 = 1 << 13;
  const int32_t sum = a + kOne;
  const int16_t half = Wrap16((sum + (sum >= 0 ? 1 : -1)) / 2);
  int16_t x =
      Wrap16(kFortyEightOver17 + SaturatingRoundingDoublingHighMul16(half, kMinusThirtyTwoOver17));
  for (int i = 0; i < 3; ++i) {
    const int16_t error = Wrap16(kOneQ2 - SaturatingRoundingDoublingHighMul16(half, x));
    const int16_t step = SaturatingRoundingDoublingHighMul16(x, error);
    x = Wrap16(x + SaturatingShiftLeft(step, 2));
  }
  return x;
}

}  // namespace

int16_t SaturatingRoundingDoublingHighMul16(int16_t a, int16_t b) {
  if (a == b && a == INT16_MIN) return INT16_MAX;
  const int32_t product = int32_t{a} * int32_t{b};
  const int32_t nudge = product >= 0 ? (1 << 14) : (1 - (1 << 14));
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

int16_t LogisticQ3(int16_t x) {
  if (x == 0) return 1 << 14;
  const int16_t below_zero = x > 0 ? Wrap16(-x) : x;
  // Q2 times 1/2 is Q1 of the same bits.
  const int16_t positive =
      SaturatingShiftLeft(ReciprocalOfHalfSum(ExpOnNegative(below_zero, 3)), 1);
  return x > 0 ? positive : Wrap16(kOne - positive);
}

int16_t TanhQ(int16_t x, int integer_bits) {
  if (x == 0) return 0;
  const int16_t below_zero = x < 0 ? x : Wrap16(-x);
  // (1 - e) / (1 + e) = 1 / ((1 + e) / 2) - 1 with e = exp(-2 |x|).
  const int16_t reciprocal = ReciprocalOfHalfSum(ExpOnNegative(below_zero, integer_bits + 1));
  const int16_t positive = SaturatingShiftLeft(Wrap16(reciprocal - (1 << 13)), 2);
  return x < 0 ? Wrap16(-positive) : positive;
}

int16_t RescaleQ(int16_t x, int from, int to) {
  if (from > to) return SaturatingShiftLeft(x, from - to);
  return Wrap16(RoundingDivideByPowerOfTwo(x, to - from));
}

FixedMultiplier InverseSqrtMultiplier(int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  int right_shift = 11;
  while (x >= (1 << 29)) {
    x /= 4;
    ++right_shift;
  }
  const int bit_pairs = (std::countl_zero(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  right_shift -= bit_pairs;
  x <<= 2 * bit_pairs;  // in [2^27, 2^29)
  const int32_t input = x >> 1;
  const int32_t half_input = RoundingDivideByPowerOfTwo(input, 1);
  constexpr int32_t kHalfOfThree = (1 << 28) + (1 << 27);
  constexpr int32_t kHalfSqrtOf2 = 1518500250;
  int32_t root = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const int32_t square = SaturatingRoundingDoublingHighMul(root, root);
    const int32_t cube = SaturatingShiftLeft(SaturatingRoundingDoublingHighMul(square, root), 6);
    root = SaturatingShiftLeft(SaturatingRoundingDoublingHighMul(kHalfOfThree, root) -
                                   SaturatingRoundingDoublingHighMul(half_input, cube),
                               3);
  }
  root = SaturatingRoundingDoublingHighMul(root, kHalfSqrtOf2);
  if (right_shift < 0) {
    root <<= -right_shift;
    right_shift = 0;
  }
  return {root, -right_shift};
}

}  // namespace octolite
