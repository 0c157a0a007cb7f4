/** What the histogram of an activation tells of a range before anything is quantized with it. */
import { chooseParams, type DataType, type TensorStatistics } from 'octolite';

export type Range = readonly [low: number, high: number];

/** What of TensorStatistics is looked at. */
export type Observed = Pick<TensorStatistics, 'min' | 'max' | 'exponent' | 'histogram'>;

/** Types that activations are quantized to. */
export type CodeType = 'int8' | 'uint8' | 'int16';

/** Of a quantized activation. */
export interface Codes {
  readonly type: CodeType;
  readonly scale: number;
  readonly zeroPoint: number;
  /** The real values of the lowest and the highest code. */
  readonly range: Range;
}

const LIMITS: Readonly<Record<CodeType, Range>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  // Symmetric: the quantizer does not use the lowest code.
  int16: [-32767, 32767],
};

/** How many codes a type has to give. */
export function codeCount(type: CodeType): number {
  const [least, most] = LIMITS[type];
  return most - least + 1;
}

export function isCodeType(type: DataType): type is CodeType {
  return Object.hasOwn(LIMITS, type);
}

export function codesOf(type: CodeType, scale: number, zeroPoint: number): Codes {
  const [least, most] = LIMITS[type];
  return {
    type,
    scale,
    zeroPoint,
    range: [scale * (least - zeroPoint), scale * (most - zeroPoint)],
  };
}

/** What the quantizer makes of a range: 16 bits are symmetric, and every range holds 0. */
export function codesFor(type: CodeType, [low, high]: Range): Codes {
  const { scale, zeroPoint } = chooseParams(low, high, { type, symmetric: type === 'int16' });
  return codesOf(type, scale, zeroPoint);
}

/** Width of a bin. */
function widthOf({ exponent }: Observed): number {
  return 2 ** exponent;
}

/** Calls `visit` with the edges of every bin that has any values, within what was seen, and its count. */
function eachBin(seen: Observed, visit: (low: number, high: number, count: number) => void): void {
  const width = widthOf(seen);
  const half = seen.histogram.length / 2;
  const first = Math.max(Math.floor(seen.min / width) + half, 0);
  const last = Math.min(Math.floor(seen.max / width) + half, seen.histogram.length - 1);
  for (let i = first; i <= last; ++i) {
    const count = seen.histogram[i]!;
    if (count === 0) continue;
    const low = (i - half) * width;
    visit(Math.max(low, seen.min), Math.min(low + width, seen.max), count);
  }
}

/**
 * The counts in `bars` bars of equal width over a domain. The values of a bin are taken as evenly
 * spread in it, so that bars that are no multiple of bins do not go up and down with how many fit.
 */
export function rebin(seen: Observed, [low, high]: Range, bars: number): Float64Array {
  const counts = new Float64Array(bars);
  const width = (high - low) / bars;
  eachBin(seen, (from, to, count) => {
    const start = (from - low) / width;
    const end = (to - low) / width;
    if (end < 0 || start > bars) return;
    const first = Math.max(Math.floor(start), 0);
    const last = Math.min(Math.floor(end), bars - 1);
    if (first >= last || end <= start) {
      counts[Math.min(first, bars - 1)]! += count;
      return;
    }
    for (let bar = first; bar <= last; ++bar) {
      const share = (Math.min(end, bar + 1) - Math.max(start, bar)) / (end - start);
      counts[bar]! += Math.max(share, 0) * count;
    }
  });
  return counts;
}

/** At most as many bars as there are bins in the domain: finer ones would have gaps. */
export function barsFor(seen: Observed, [low, high]: Range, most: number): number {
  return Math.max(1, Math.min(most, Math.floor((high - low) / widthOf(seen))));
}

/** What a range costs, as far as the histogram tells. */
export interface Expected {
  /** Signal-to-quantization-noise ratio in decibels, at most 300. */
  readonly sqnrDb: number;
  /** Share of the values that are more than half a step beyond the range. */
  readonly clipped: number;
  /** Codes between the smallest and the largest value. */
  readonly used: number;
}

const POINTS = 4;

/**
 * The error of rounding to codes, and of clipping to their range. Values are taken at a few points
 * of each bin; where steps are finer than that, rounding costs a twelfth of a squared step.
 */
export function foresee(seen: Observed, { type, scale, zeroPoint, range }: Codes): Expected {
  const [least, most] = LIMITS[type];
  const isFine = scale < widthOf(seen);
  let signal = 0;
  let noise = 0;
  let clipped = 0;
  let total = 0;
  eachBin(seen, (low, high, count) => {
    const each = count / POINTS;
    total += count;
    for (let k = 0; k < POINTS; ++k) {
      const value = low + ((high - low) * (k + 0.5)) / POINTS;
      const code = Math.min(Math.max(Math.round(value / scale) + zeroPoint, least), most);
      const isInside = value >= range[0] && value <= range[1];
      const error = value - scale * (code - zeroPoint);
      signal += each * value * value;
      noise += each * (isFine && isInside ? (scale * scale) / 12 : error * error);
      if (value < range[0] - scale / 2 || value > range[1] + scale / 2) clipped += each;
    }
  });
  const code = (value: number): number =>
    Math.min(Math.max(Math.round(value / scale) + zeroPoint, least), most);
  return {
    sqnrDb: noise > 0 && signal > 0 ? Math.min(10 * Math.log10(signal / noise), 300) : 300,
    clipped: total > 0 ? clipped / total : 0,
    used: code(seen.max) - code(seen.min) + 1,
  };
}

/** All that was seen; 0 is always in it. */
export function fullRange({ min, max }: Observed): Range {
  return [Math.min(min, 0), Math.max(max, 0)];
}

/** The range that leaves the given share of the values out, half of them on each side. */
export function withoutRarest(seen: Observed, share: number): Range {
  let total = 0;
  eachBin(seen, (_low, _high, count) => (total += count));
  const tail = (total * share) / 2;
  let below = 0;
  let low = seen.min;
  let high = seen.max;
  eachBin(seen, (from, to, count) => {
    if (below <= tail) low = from;
    if (below < total - tail) high = to;
    below += count;
  });
  return fullRange({ ...seen, min: low, max: high });
}

/** Shares of a side to try: of all of it, and then around the best of those. */
const COARSE = Array.from({ length: 12 }, (_, i) => (i + 1) / 12);
const FINE = Array.from({ length: 13 }, (_, i) => (i - 6) / 72);

/** The range of the highest expected SQNR among many that are narrower than what was seen. */
export function bestRange(seen: Observed, type: CodeType): Range {
  const [low, high] = fullRange(seen);
  const scaled = (below: number, above: number): Range => [low * below, high * above];
  const quality = (range: Range): number => foresee(seen, codesFor(type, range)).sqnrDb;
  let [below, above] = [1, 1];
  let most = quality(scaled(below, above));
  const tryOut = (triedBelow: number, triedAbove: number): void => {
    if (triedBelow > 1 || triedAbove > 1) return;
    const reached = quality(scaled(triedBelow, triedAbove));
    if (reached > most) [below, above, most] = [triedBelow, triedAbove, reached];
  };
  // One side at a time, in turns: what one side costs hardly depends on the other.
  const search = (sharesAround: (center: number) => number[]): void => {
    for (let turn = 0; turn < 2; ++turn) {
      if (low < 0) sharesAround(below).forEach((share) => tryOut(share, above));
      if (high > 0) sharesAround(above).forEach((share) => tryOut(below, share));
    }
  };
  search(() => COARSE);
  search((center) => FINE.map((away) => center + away));
  return scaled(below, above);
}
