/** Sums over the outputs of models: what the adapters and the agreement are made of. */

export function softmax(values: ArrayLike<number>): Float32Array {
  const result = Float32Array.from(values);
  let max = -Infinity;
  for (const value of result) if (value > max) max = value;
  let sum = 0;
  for (let i = 0; i < result.length; ++i) sum += result[i] = Math.exp(result[i]! - max);
  for (let i = 0; i < result.length; ++i) result[i]! /= sum;
  return result;
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Place of the largest of `count` values from `start`; the first of equals. */
export function argmax(values: ArrayLike<number>, start = 0, count = values.length): number {
  let best = 0;
  for (let i = 1; i < count; ++i) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}

/** Places of the `count` largest values, the largest first. */
export function topPlaces(values: ArrayLike<number>, count: number): number[] {
  const top: number[] = [];
  for (let i = 0; i < values.length; ++i) {
    if (top.length === count && values[i]! <= values[top[count - 1]!]!) continue;
    let at = top.length;
    while (at > 0 && values[top[at - 1]!]! < values[i]!) --at;
    top.splice(at, 0, i);
    top.length = Math.min(top.length, count);
  }
  return top;
}

/** The library's measure for "no error at all". */
export const EXACT_DB = 300;

/** Signal-to-quantization-noise ratio of `values` against `truth`, from -300 to 300. */
export function sqnrDb(truth: ArrayLike<number>, values: ArrayLike<number>): number {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < truth.length; ++i) {
    const error = truth[i]! - values[i]!;
    signal += truth[i]! * truth[i]!;
    noise += error * error;
  }
  if (noise === 0) return EXACT_DB;
  if (signal === 0) return -EXACT_DB;
  return Math.min(Math.max(10 * Math.log10(signal / noise), -EXACT_DB), EXACT_DB);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
