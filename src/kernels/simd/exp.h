#pragma once

#include "kernels/simd/simd.h"

// exp and functions made of it, four floats at a time. No library calls, branches or fused
// products: the same bits on every machine.

namespace octolite::simd {

namespace internal {

// In memory, out of the compiler's sight: it would put what it knows into every turn of a loop as
// constants, which take V8 three instructions each to make; these are one load.
struct alignas(16) Constant {
  explicit constexpr Constant(float value) : lanes{value, value, value, value} {}
  float lanes[4];
};
struct ExpConstants {
  Constant log2_e;
  // Adding 1.5 * 2^23 rounds to an integer, which then are the low bits; the exponent's bias of 127
  // is added with it.
  Constant magic;
  // ln 2 in two parts, the first with so few bits that its products with exponents are exact.
  Constant ln2_high, ln2_low;
  Constant polynomial[5];  // from the lowest power
  Constant one, two, minus_zero;
  Constant lowest, highest;   // arguments of Exp
  Constant lowest_minus_one;  // argument of ExpMinusOne
};
extern const ExpConstants kExp;

inline v128_t Splat(const Constant& constant) { return Load(constant.lanes); }

// x = n * ln 2 + r with |r| <= ln 2 / 2.
struct Reduced {
  v128_t power;  // 2^n, 0 for n = -127
  v128_t r;
};

// x in [-88, 88.37], or not a number, for which r is none either.
inline Reduced Reduce(v128_t x) {
  const v128_t magic = Splat(kExp.magic);
  const v128_t shifted = wasm_f32x4_add(wasm_f32x4_mul(x, Splat(kExp.log2_e)), magic);
  const v128_t n = wasm_f32x4_sub(shifted, magic);
  const v128_t high = wasm_f32x4_mul(n, Splat(kExp.ln2_high));
  const v128_t low = wasm_f32x4_mul(n, Splat(kExp.ln2_low));
  return {wasm_i32x4_shl(shifted, 23), wasm_f32x4_sub(wasm_f32x4_sub(x, high), low)};
}

// q of exp(r) = 1 + r + r^2 q(r).
inline v128_t ExpPolynomial(v128_t r) {
  v128_t q = Splat(kExp.polynomial[4]);
  for (int i = 3; i >= 0; --i) {
    q = wasm_f32x4_add(wasm_f32x4_mul(q, r), Splat(kExp.polynomial[i]));
  }
  return q;
}

}  // namespace internal

// exp(x) within 2 units in the last place; 0 below -87.68, the value there above 88.37;
// not-a-number for itself.
inline v128_t Exp(v128_t x) {
  // The forms of minimum and maximum that keep not-a-number where it is the first operand.
  x = wasm_f32x4_pmax(wasm_f32x4_pmin(x, internal::Splat(internal::kExp.highest)),
                      internal::Splat(internal::kExp.lowest));
  const internal::Reduced reduced = internal::Reduce(x);
  const v128_t one = internal::Splat(internal::kExp.one);
  v128_t p = internal::ExpPolynomial(reduced.r);
  p = wasm_f32x4_add(wasm_f32x4_mul(p, reduced.r), one);
  p = wasm_f32x4_add(wasm_f32x4_mul(p, reduced.r), one);
  return wasm_f32x4_mul(p, reduced.power);
}

// exp(x) - 1 for x <= 0, also where it is near 0: within 3 units in the last place; -1 below -17.4.
inline v128_t ExpMinusOne(v128_t x) {
  const internal::Reduced reduced =
      internal::Reduce(wasm_f32x4_pmax(x, internal::Splat(internal::kExp.lowest_minus_one)));
  const v128_t share = wasm_f32x4_mul(internal::ExpPolynomial(reduced.r), reduced.r);
  const v128_t scaled = wasm_f32x4_mul(reduced.r, reduced.power);
  const v128_t rest = wasm_f32x4_sub(reduced.power, internal::Splat(internal::kExp.one));
  return wasm_f32x4_add(wasm_f32x4_add(wasm_f32x4_mul(scaled, share), scaled), rest);
}

// 1 / (1 + exp(-x)), as exp(x) / (1 + exp(x)).
inline v128_t Logistic(v128_t x) {
  const v128_t e = Exp(x);
  return wasm_f32x4_div(e, wasm_f32x4_add(e, internal::Splat(internal::kExp.one)));
}

// tanh(|x|) = -m / (m + 2) of m = exp(-2 |x|) - 1, with the sign of x.
inline v128_t Tanh(v128_t x) {
  const v128_t two = internal::Splat(internal::kExp.two);
  const v128_t sign = internal::Splat(internal::kExp.minus_zero);
  const v128_t m = ExpMinusOne(wasm_v128_or(wasm_f32x4_mul(x, two), sign));
  return wasm_v128_bitselect(x, wasm_f32x4_div(m, wasm_f32x4_add(m, two)), sign);
}

}  // namespace octolite::simd
