/** What values look like in figures and bars. */
export interface ValueStats {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

const BINS = 32;

export function statsOf(values: ArrayLike<number>, start = 0, step = 1): ValueStats {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  for (let i = start; i < values.length; i += step) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    ++count;
  }
  return count === 0 ? { min: 0, max: 0, mean: 0 } : { min, max, mean: sum / count };
}

/** How many values fall in each of equal parts from the least to the most. */
export function histogram(values: Float32Array, { min, max }: ValueStats): number[] {
  const counts = Array.from({ length: BINS }, () => 0);
  const factor = BINS / (max - min || 1);
  for (const value of values) {
    const bin = Math.floor((value - min) * factor);
    ++counts[Math.min(Math.max(bin, 0), BINS - 1)]!;
  }
  return counts;
}

/** The least and most of a part of a sound. */
export type Stretch = readonly [min: number, max: number];

/** As fine as a sound is shown at full width. */
export const WAVE_PARTS = 640;

/** Each of `parts` equal stretches, as an outline of a sound. */
export function outline(values: ArrayLike<number>, parts: number): Stretch[] {
  const count = Math.min(parts, values.length);
  return Array.from({ length: count }, (_, part) => {
    let min = Infinity;
    let max = -Infinity;
    const end = Math.floor(((part + 1) * values.length) / count);
    for (let i = Math.floor((part * values.length) / count); i < end; ++i) {
      min = Math.min(min, values[i]!);
      max = Math.max(max, values[i]!);
    }
    return [min, max];
  });
}
