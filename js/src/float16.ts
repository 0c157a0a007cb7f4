const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);

/** To the nearest whole number, ties to the even one. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

/** The value of a float16, from its bits. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the float16 that is nearest to a number, ties to even. */
export function float16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  DOUBLE[0] = value;
  const sign = (WORDS[1]! >>> 16) & 0x8000;
  // Below 2^-14 all float16 are multiples of 2^-24.
  const exponent = Math.max(((WORDS[1]! >>> 20) & 0x7ff) - 1023, -14);
  if (exponent > 15) return sign | 0x7c00;
  const steps = roundHalfToEven(Math.abs(value) * 2 ** (10 - exponent));
  // A carry out of the fraction goes into the exponent, and from the largest one to infinity.
  return sign | (((exponent + 14) << 10) + steps);
}
