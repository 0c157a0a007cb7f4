import type { Size } from '../data/region.js';
import { pairBoxes } from './boxes.js';
import { argmax, sqnrDb, topPlaces } from './numbers.js';
import type { Boxes, Mask, Output, Picture, Point, Points, Reading, Scores } from './reading.js';

/** How far both models agree on one input, in numbers. `of*` are of the float model. */
export type Agreement =
  | {
      readonly kind: 'scores';
      readonly ofClass: number;
      readonly otherClass: number;
      /** How many of the best classes, at most five and none that is next to impossible, are the same. */
      readonly common: number;
      readonly of: number;
      /** Greatest difference of the scores of a class. */
      readonly largest: number;
    }
  | {
      readonly kind: 'boxes';
      readonly ofBoxes: number;
      readonly otherBoxes: number;
      readonly matched: number;
      /** Mean of the pairs, 0 to 1. */
      readonly overlap: number;
      /** Greatest distance of key points, in pixels of the input; null when there are none. */
      readonly farthest: number | null;
    }
  | {
      readonly kind: 'points';
      /** In pixels of the input. */
      readonly mean: number;
      readonly farthest: number;
    }
  | {
      readonly kind: 'mask';
      /** Of the pixels, 0 to 1. */
      readonly same: number;
      /** Mean over the classes that either shows, 0 to 1. */
      readonly overlap: number;
    }
  | {
      readonly kind: 'picture';
      /** Of 255. */
      readonly mean: number;
      readonly largest: number;
    }
  | { readonly kind: 'raw' };

const TOP = 5;
/** Scores below it are noise: which of their classes comes first means nothing. */
const LEAST_SCORE = 0.005;

/** Places of the best classes, the best first. */
export function bestClasses({ values }: Scores): number[] {
  return topPlaces(values, TOP).filter((place, i) => i === 0 || values[place]! >= LEAST_SCORE);
}

function ofScores(a: Scores, b: Scores): Agreement {
  const best = bestClasses(a);
  const others = new Set(bestClasses(b));
  let largest = 0;
  a.values.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value - b.values[i]!));
  });
  return {
    kind: 'scores',
    ofClass: argmax(a.values),
    otherClass: argmax(b.values),
    common: best.filter((place) => others.has(place)).length,
    of: best.length,
    largest,
  };
}

function distances(a: readonly Point[], b: readonly Point[], { width, height }: Size): number[] {
  return a
    .slice(0, b.length)
    .map((point, i) => Math.hypot((point.x - b[i]!.x) * width, (point.y - b[i]!.y) * height));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
}

function ofBoxes(a: Boxes, b: Boxes, size: Size): Agreement {
  const pairs = pairBoxes(a.boxes, b.boxes);
  const far = pairs.flatMap((pair) => distances(pair.a.points, pair.b.points, size));
  return {
    kind: 'boxes',
    ofBoxes: a.boxes.length,
    otherBoxes: b.boxes.length,
    matched: pairs.length,
    overlap: mean(pairs.map((pair) => pair.overlap)),
    farthest: far.length > 0 ? Math.max(...far) : null,
  };
}

function ofPoints(a: Points, b: Points, size: Size): Agreement {
  const far = distances(a.points, b.points, size);
  return { kind: 'points', mean: mean(far), farthest: Math.max(0, ...far) };
}

function ofMasks(a: Mask, b: Mask): Agreement {
  const kinds = Math.max(a.count, b.count);
  const [both, either] = [new Uint32Array(kinds), new Uint32Array(kinds)];
  let same = 0;
  for (let i = 0; i < a.classes.length; ++i) {
    const [one, other] = [a.classes[i]!, b.classes[i]!];
    ++either[one]!;
    if (one === other) {
      ++same;
      ++both[one]!;
    } else ++either[other]!;
  }
  const shown = [...either.keys()].filter((kind) => either[kind]! > 0);
  return {
    kind: 'mask',
    same: same / a.classes.length,
    overlap: mean(shown.map((kind) => both[kind]! / either[kind]!)),
  };
}

function ofPictures(a: Picture, b: Picture): Agreement {
  let [sum, largest] = [0, 0];
  for (let i = 0; i < a.rgba.length; ++i) {
    const error = Math.abs(a.rgba[i]! - b.rgba[i]!);
    sum += error;
    if (error > largest) largest = error;
  }
  // The fourth of each four is opaque in both.
  return { kind: 'picture', mean: (sum / a.rgba.length) * (4 / 3), largest };
}

/** Compares what two models say of one input, whose size is that of the picture they are given. */
export function agree(a: Reading, b: Reading, size: Size): Agreement {
  if (a.kind === 'scores' && b.kind === 'scores') return ofScores(a, b);
  if (a.kind === 'boxes' && b.kind === 'boxes') return ofBoxes(a, b, size);
  if (a.kind === 'points' && b.kind === 'points') return ofPoints(a, b, size);
  if (a.kind === 'mask' && b.kind === 'mask') return ofMasks(a, b);
  if (a.kind === 'picture' && b.kind === 'picture') return ofPictures(a, b);
  return { kind: 'raw' };
}

/**
 * The SQNR that stands for all outputs: the worst, but for single numbers beside larger outputs,
 * which are mostly flags; null where there is none.
 */
export function worstNoise(noise: readonly number[], outputs: readonly Output[]): number | null {
  const isLarge = outputs.map(({ values }) => values.length > 1);
  const counted = noise.filter((value, i) => {
    return Number.isFinite(value) && (isLarge[i] === true || !isLarge.includes(true));
  });
  return counted.length > 0 ? Math.min(...counted) : null;
}

/** SQNR of each output of the quantized model against the float model's, in dB. */
export function noiseOf(a: readonly Output[], b: readonly Output[]): number[] {
  return a.map((output, i) => {
    const other = b[i]?.values;
    return other?.length === output.values.length ? sqnrDb(output.values, other) : NaN;
  });
}
