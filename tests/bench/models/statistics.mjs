/** The arithmetic of the benchmark's tables. */

/** The value below which a share `p` (0..1) of the values lies, interpolated between neighbours. */
export function percentile(values, p) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

export const median = (values) => percentile(values, 0.5);

/** Of positive numbers. */
export function geometricMean(values) {
  if (values.length === 0) return NaN;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * How many times faster `ours` is than `theirs`: the median over rounds of their time by ours.
 * Both were measured in the same rounds, so that what slows the machine for a while hits both.
 */
export function pairedRatio(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error('samples of different rounds');
  return median(theirs.map((value, round) => value / ours[round]));
}

/** Squares of vectors shorter than that are what rounding left. */
const NOTHING = 1e-12;

/** The cosine of the angle between two vectors of numbers; 1 for two that are all but zero. */
export function cosine(a, b) {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; ++i) {
    const [x, y] = [Number(a[i]), Number(b[i])];
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  if (squaresA < NOTHING && squaresB < NOTHING) return 1;
  if (squaresA === 0 || squaresB === 0) return 0;
  return dot / Math.sqrt(squaresA * squaresB);
}
