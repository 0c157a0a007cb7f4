/** Where values stand in a chart, in pixels. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
}

/** Evenly, from `domain` to `range`; a domain without width is all at the start. */
export function linearScale(
  domain: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const [low, high] = domain;
  const factor = high > low ? (end - start) / (high - low) : 0;
  return Object.assign((value: number) => start + (value - low) * factor, { domain });
}

/** Counts from 0 up: by the logarithm of one more, so that 0 has a place and 1 is seen. */
export function countScale(most: number, range: readonly [number, number]): Scale {
  const linear = linearScale([0, Math.log1p(Math.max(most, 1))], range);
  const scale = (value: number): number => linear(Math.log1p(value));
  return Object.assign(scale, { domain: [0, most] as const });
}

/** Round numbers within a domain, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function ticks([low, high]: readonly [number, number], count: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span) || count < 1) return [];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.75)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toFixed(Math.min(digits + 1, 100))),
  );
}

/** Powers of ten up to `most`, every other one and so on where there are more than `count`. */
export function countTicks(most: number, count: number): number[] {
  const powers = Math.floor(Math.log10(Math.max(most, 1)));
  const every = Math.ceil((powers + 1) / count);
  const exponents = Array.from({ length: Math.floor(powers / every) + 1 }, (_, i) => i * every);
  return [0, ...exponents.map((exponent) => 10 ** exponent)];
}
