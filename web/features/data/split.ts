/** From this many samples on, every fourth is kept back from calibration to measure with. */
const HOLD_OUT_FROM = 12;

export interface Split {
  readonly calibration: readonly number[];
  readonly measure: readonly number[];
  /** Whether the same samples serve both, because there are too few to part. */
  readonly shared: boolean;
}

/** At most `limit` of them, evenly spread. */
export function spread(indices: readonly number[], limit: number): number[] {
  if (indices.length <= limit) return [...indices];
  return Array.from(
    { length: limit },
    (_, i) => indices[Math.floor((i * indices.length) / limit)]!,
  );
}

/** Parts samples 0..count-1 into those that calibrate and those that measure. */
export function split(count: number, limits: { calibration: number; measure: number }): Split {
  const all = Array.from({ length: count }, (_, index) => index);
  const shared = count < HOLD_OUT_FROM;
  return {
    calibration: spread(shared ? all : all.filter((index) => index % 4 !== 3), limits.calibration),
    measure: spread(shared ? all : all.filter((index) => index % 4 === 3), limits.measure),
    shared,
  };
}
