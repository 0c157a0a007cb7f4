/** How far two tensors are apart, value by value. */

/** One pair of values. */
export interface Pair {
  /** Its place in the tensors, row-major. */
  readonly index: number;
  readonly float: number;
  readonly quantized: number;
}

export interface Difference {
  /** Signal-to-quantization-noise ratio in decibels, -300 to 300; 300 for no error at all. */
  readonly sqnrDb: number;
  /** 1 where both have the same direction. */
  readonly cosine: number;
  readonly maxAbsError: number;
  readonly count: number;
  /** The pairs that are farthest apart, the worst first. */
  readonly worst: readonly Pair[];
}

const WORST = 10;

/** Sums up pairs of values; those that are not finite do not count. */
export function differenceSums(
  float: ArrayLike<number>,
  quantized: ArrayLike<number>,
): { readonly add: (from: number, to: number) => void; readonly result: () => Difference } {
  let [dot, floatEnergy, quantizedEnergy, noise, count] = [0, 0, 0, 0, 0];
  const worst: (Pair & { readonly error: number })[] = [];
  let threshold = 0;
  const keep = (index: number, error: number): void => {
    const pair = { index, float: float[index]!, quantized: quantized[index]!, error };
    const place = worst.findIndex((each) => each.error < error);
    worst.splice(place < 0 ? worst.length : place, 0, pair);
    if (worst.length > WORST) worst.pop();
    if (worst.length === WORST) threshold = worst[WORST - 1]!.error;
  };
  const add = (from: number, to: number): void => {
    for (let i = from; i < to; ++i) {
      const a = float[i]!;
      const b = quantized[i]!;
      const error = Math.abs(a - b);
      if (!Number.isFinite(error)) continue;
      ++count;
      dot += a * b;
      floatEnergy += a * a;
      quantizedEnergy += b * b;
      noise += error * error;
      if (error > threshold) keep(i, error);
    }
  };
  const result = (): Difference => {
    const norms = Math.sqrt(floatEnergy) * Math.sqrt(quantizedEnergy);
    const sqnrDb = noise === 0 ? 300 : 10 * Math.log10(floatEnergy / noise);
    return {
      sqnrDb: Math.min(Math.max(sqnrDb, -300), 300),
      cosine: norms > 0 ? Math.min(dot / norms, 1) : Number(floatEnergy === quantizedEnergy),
      maxAbsError: worst[0]?.error ?? 0,
      count,
      worst: worst.map(({ index, float, quantized }) => ({ index, float, quantized })),
    };
  };
  return { add, result };
}

/**
 * Places to look at in a tensor of `length` values: all, or one of each of `most` parts, always the
 * same ones. Where in its part it is varies, so that no channel is met more often than others.
 */
export function sampleIndices(length: number, most: number): Int32Array {
  if (length <= most) return Int32Array.from({ length }, (_, i) => i);
  return Int32Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * length) / most);
    const to = Math.floor(((i + 1) * length) / most);
    // Knuth's multiplicative hash.
    const hash = Math.imul(i + 1, 2654435761) >>> 0;
    return from + Math.floor((hash / 2 ** 32) * (to - from));
  });
}

/** Where a value is, by its place in each dimension. */
export function coordinates(index: number, shape: readonly number[]): number[] {
  const places: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return places;
}
