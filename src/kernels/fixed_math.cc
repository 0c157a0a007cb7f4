#include "kernels/fixed_math.h"

#include <bit>

namespace octolite {
namespace {

int32_t High(int32_t a, int32_t b) { return SaturatingRoundingDoublingHighMul(a, b); }

int LeadingZeros(int32_t x) { return std::countl_zero(static_cast<uint32_t>(x)); }

int32_t SaturatingSum(int64_t a, int64_t b) {
  return static_cast<int32_t>(std::clamp<int64_t>(a + b, INT32_MIN, INT32_MAX));
}

// Sums of numbers that do not overflow as the algorithms use them, wrapping elsewhere.
int32_t Sum(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
int32_t Difference(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}

// exp(a) for a in [-1/4, 0), Q0: a Taylor polynomial of degree 4 around -1/8.
int32_t ExpOnLastQuarter(int32_t a) {
  constexpr int32_t kExpOfMinusEighth = 1895147668;
  constexpr int32_t kOneThird = 715827883;
  const int32_t x = a + (1 << 28);
  const int32_t x2 = High(x, x);
  const int32_t x3 = High(x2, x);
  const int32_t x4 = High(x2, x2);
  const int32_t quarter_x4 = RoundingDivideByPowerOfTwo(x4, 2);
  const int32_t tail = RoundingDivideByPowerOfTwo(High(quarter_x4 + x3, kOneThird) + x2, 1);
  return kExpOfMinusEighth + High(kExpOfMinusEighth, x + tail);
}

}  // namespace

// The fraction below a quarter by the polynomial, then a multiplication for every bit above.
int32_t ExpOnNegatives(int32_t a) {
  if (a == 0) return INT32_MAX;
  constexpr int kFractionBits = 26;
  constexpr int32_t kQuarter = 1 << (kFractionBits - 2);
  constexpr int32_t kExpOfMinusPower[] = {
      1672461947,  // exp(-1/4)
      1302514674,  // exp(-1/2)
      790015084,   // exp(-1)
      290630308,   // exp(-2)
      39332535,    // exp(-4)
      720401,      // exp(-8)
      242,         // exp(-16)
  };
  const int32_t fraction = (a & (kQuarter - 1)) - kQuarter;
  int32_t result = ExpOnLastQuarter(ShiftFixed(fraction, 5));
  const int32_t rest = fraction - a;
  for (int bit = 0; bit < 7; ++bit) {
    if ((rest >> (kFractionBits - 2 + bit)) & 1) result = High(result, kExpOfMinusPower[bit]);
  }
  return result;
}

// Three steps of Newton-Raphson on half the denominator.
int32_t ReciprocalOfOnePlus(int32_t a) {
  constexpr int32_t kFortyEightOver17 = 1515870810;       // Q2
  constexpr int32_t kMinusThirtyTwoOver17 = -1010580540;  // Q2
  constexpr int32_t kOneInQ2 = 1 << 29;
  const auto half_denominator = static_cast<int32_t>((static_cast<int64_t>(a) + INT32_MAX + 1) / 2);
  int32_t x = kFortyEightOver17 + High(half_denominator, kMinusThirtyTwoOver17);
  for (int i = 0; i < 3; ++i) {
    const int32_t error = Difference(kOneInQ2, High(half_denominator, x));
    x = Sum(x, ShiftFixed(High(x, error), 2));
  }
  return ShiftFixed(x, 1);
}

FixedReciprocal ReciprocalOf(int32_t x) {
  const int headroom = LeadingZeros(x);
  const uint32_t normalized = static_cast<uint32_t>(x) << (headroom & 31);
  return {ReciprocalOfOnePlus(static_cast<int32_t>(normalized - 0x80000000u)), 31 - headroom};
}

// Five steps of Newton-Raphson in Q3 from 1, on x brought into [2^27, 2^29).
FixedMultiplier InverseSquareRoot(int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  constexpr int32_t kHalfSquareRootOfTwo = 1518500250;
  constexpr int32_t kThreeHalvesInQ3 = (1 << 28) + (1 << 27);
  int right_shift = 11;
  while (x >= (1 << 29)) {
    x /= 4;
    ++right_shift;
  }
  const int pairs = (LeadingZeros(x) - 1) / 2 - 1;
  right_shift -= pairs;
  x <<= 2 * pairs;
  const int32_t half = RoundingDivideByPowerOfTwo(x >> 1, 1);
  int32_t root = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const int32_t cube = ShiftFixed(High(High(root, root), root), 6);
    root = ShiftFixed(Difference(High(kThreeHalvesInQ3, root), High(half, cube)), 3);
  }
  root = High(root, kHalfSquareRootOfTwo);
  if (right_shift < 0) {
    root = static_cast<int32_t>(static_cast<uint32_t>(root) << -right_shift);
    right_shift = 0;
  }
  return {root, -right_shift};
}

// x = r * 2^n with r near 2^-1/4, once as it is and once times sqrt(1/2), whichever comes nearer;
// ln(r) as a rational function around that point.
int32_t LogOfQ12(int32_t x) {
  constexpr int kInputBits = 12;
  constexpr int kAccumulatorBits = 6;
  constexpr int32_t kLogOfTwo = 1488522236;
  constexpr int32_t kHalfToTheQuarter = 1805811301;
  constexpr int32_t kHalfToTheHalf = 1518500250;
  constexpr int32_t kQuarter = (1 << 29) >> kAccumulatorBits;
  constexpr int32_t kNumerator = 117049297;    // 11/240 * 2^(1/4)
  constexpr int32_t kDenominator = 127690142;  // 1/20 * 2^(1/4)
  constexpr int32_t kConstant = 1057819769;    // 2 / 2^(1/4) - 2^(1/4)
  constexpr int32_t kLinear = 638450708;       // 1/4 * 2^(1/4)
  const auto exponent = [](int n) { return ShiftFixed(n, 31 - kAccumulatorBits); };

  const int zeros = LeadingZeros(x);
  const int32_t r_a = ShiftFixed(High(ShiftFixed(x, zeros - 1), kHalfToTheHalf), 1);
  const int32_t power_a = SaturatingSum(exponent(kInputBits - zeros), kQuarter);
  const int headroom = LeadingZeros(High(x, kHalfToTheHalf)) - 1;
  const int32_t r_b = ShiftFixed(x, headroom);
  const int32_t power_b = SaturatingSum(exponent(kInputBits - headroom), -kQuarter);
  const int32_t r = std::min(r_a, r_b);
  const int32_t power = std::max(power_a, power_b);

  const int64_t sum = static_cast<int64_t>(r) + kHalfToTheQuarter;
  const auto p = static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  const int32_t half_q = Difference(r, kHalfToTheQuarter);
  const int32_t q = Sum(half_q, half_q);
  const int32_t square = High(q, q);
  const int32_t numerator = Sum(High(q, r), High(High(q, square), kNumerator));
  const int32_t inner = Sum(Sum(kConstant, q), High(kDenominator, square));
  const int32_t denominator_minus_one = Sum(High(p, inner), High(kLinear, q));
  const int32_t log_r = High(RoundingDivideByPowerOfTwo(numerator, kAccumulatorBits),
                             ReciprocalOfOnePlus(denominator_minus_one));
  return ShiftFixed(Sum(High(power, kLogOfTwo), log_r), 1);
}

}  // namespace octolite
