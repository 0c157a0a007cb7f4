/** The arithmetic behind the charts of one layer. */
import { describe, expect, test } from '@jest/globals';
import { quantizeValues, dequantizeValues } from 'octolite';
import {
  countScale,
  countTicks,
  linearScale,
  ticks,
} from '../../../web/components/charts/scale.js';
import { channelSqnr, channelSums, grouped, useOf } from '../../../web/features/detail/channels.js';
import {
  coordinates,
  differenceSums,
  sampleIndices,
} from '../../../web/features/detail/difference.js';
import {
  barsFor,
  bestRange,
  codesFor,
  codesOf,
  foresee,
  fullRange,
  rebin,
  withoutRarest,
  type Observed,
  type Range,
} from '../../../web/features/detail/histogram.js';
import { constantPlaces, outputPlace } from '../../../web/features/detail/places.js';
import { formatReal, formatShortCount } from '../../../web/features/detail/real.js';
import { inSlices } from '../../../web/features/detail/slices.js';

/** As calibration makes it: 4096 bins, of a power of two, the largest value in the outer half. */
function observe(values: ArrayLike<number>): Observed {
  const list = Array.from(values);
  const min = Math.min(...list);
  const max = Math.max(...list);
  const exponent = Math.floor(Math.log2(Math.max(-min, max))) + 1 - 11;
  const histogram = new Float64Array(4096);
  for (const value of list) {
    const bin = Math.min(Math.floor(value / 2 ** exponent) + 2048, 4095);
    histogram[bin]! += 1;
  }
  return { min, max, exponent, histogram };
}

/** Numbers from 0 to 1 that are the same every time. */
function numbers(count: number): number[] {
  let state = 12345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

/** About normally distributed. */
function bell(count: number): Float32Array {
  const raw = numbers(count * 6);
  return Float32Array.from({ length: count }, (_, i) =>
    raw.slice(i * 6, i * 6 + 6).reduce((sum, each) => sum + each - 0.5, 0),
  );
}

const total = (counts: ArrayLike<number>): number =>
  Array.from(counts).reduce((sum, count) => sum + count, 0);

describe('histograms', () => {
  test('no value is lost on the way to bars, whatever their number', () => {
    const seen = observe(bell(5000));
    for (const bars of [1, 7, 64, 301]) {
      expect(total(rebin(seen, [seen.min, seen.max], bars))).toBeCloseTo(5000, 6);
    }
    expect(total(rebin(seen, [-10, 10], 100))).toBeCloseTo(5000, 6);
    expect(total(rebin(seen, [0, 10], 100))).toBeLessThan(2700);
  });

  test('bars hold what is within them', () => {
    const seen = observe([-1, -1, -1, 0.25, 0.25, 1]);
    expect(Array.from(rebin(seen, [-1.5, 1.5], 3))).toEqual([3, 2, 1]);
  });

  test('evenly spread values give even bars, though bins do not fit into them', () => {
    const seen = observe(Float64Array.from({ length: 100_000 }, (_, i) => i / 100_000));
    const counts = rebin(seen, [0, seen.max], 173);
    for (const count of counts) expect(Math.abs(count - 100_000 / 173)).toBeLessThan(10);
  });

  test('there are no more bars than bins', () => {
    const seen = observe([0, 1]);
    expect(barsFor(seen, [0, 1], 5000)).toBe(1024);
    expect(barsFor(seen, [0, 1], 200)).toBe(200);
    expect(barsFor(seen, [0, 1e-9], 200)).toBe(1);
  });

  test('a single value is a histogram too', () => {
    const seen = observe([3, 3, 3]);
    expect(Array.from(rebin(seen, [0, 6], 3))).toEqual([0, 3, 0]);
    expect(foresee(seen, codesFor('int8', [0, 3])).sqnrDb).toBeGreaterThan(100);
  });
});

describe('what a range costs', () => {
  test('codes are those of the quantizer: 0 is always in the range', () => {
    const codes = codesFor('int8', [0, 2]);
    expect(codes.zeroPoint).toBe(-128);
    expect(codes.scale).toBeCloseTo(2 / 255, 7);
    expect(codes.range[0]).toBe(0);
    expect(codes.range[1]).toBeCloseTo(2, 5);
    expect(codesFor('int8', [1, 2])).toEqual(codes);
    expect(codesFor('uint8', [0, 2])).toMatchObject({ zeroPoint: 0, type: 'uint8' });
    expect(codesFor('int16', [-1, 0.5])).toMatchObject({ zeroPoint: 0, type: 'int16' });
    expect(codesOf('int8', 0.5, 10).range).toEqual([-69, 58.5]);
  });

  test.each<[string, Range]>([
    ['all of them', [-3, 3]],
    ['half of the range', [-1, 1]],
    ['one side', [-3, 0.5]],
    ['too much', [-12, 12]],
  ])('the expected SQNR is that of quantizing: %s', (_, range) => {
    const values = bell(20_000);
    const codes = codesFor('int8', range);
    const back = dequantizeValues(quantizeValues(values, codes), codes);
    const { add, result } = differenceSums(values, back);
    add(0, values.length);
    const { sqnrDb } = foresee(observe(values), codes);
    expect(Math.abs(sqnrDb - result().sqnrDb)).toBeLessThan(0.2);
  });

  test('steps finer than bins: 16 bits', () => {
    const values = bell(20_000);
    const codes = codesFor('int16', [-3, 3]);
    const options = { type: 'int16', symmetric: true } as const;
    const back = dequantizeValues(quantizeValues(values, codes, options), codes);
    const { add, result } = differenceSums(values, back);
    add(0, values.length);
    expect(Math.abs(foresee(observe(values), codes).sqnrDb - result().sqnrDb)).toBeLessThan(0.2);
  });

  test('the share that is clipped, and the codes in use', () => {
    const seen = observe(Float64Array.from({ length: 10_000 }, (_, i) => i / 10_000));
    const half = foresee(seen, codesFor('int8', [0, 0.5]));
    expect(half.clipped).toBeCloseTo(0.5, 2);
    expect(half.used).toBe(256);
    const wide = foresee(seen, codesFor('int8', [0, 2]));
    expect(wide.clipped).toBe(0);
    expect(wide.used).toBe(128);
    expect(foresee(seen, codesFor('int8', [0, 1])).clipped).toBe(0);
  });

  test('an outlier is better left out, and the best range finds that', () => {
    const { min, max, exponent, histogram } = observe([...bell(50_000), 40]);
    const outlier = histogram.findLastIndex((count) => count > 0);
    // As many of the others as there are in a real calibration.
    const counts = histogram.map((count, i) => (i === outlier ? count : count * 1000));
    const seen = { min, max, exponent, histogram: counts };
    const [low, high] = bestRange(seen, 'int8');
    expect(high).toBeLessThan(20);
    expect(low).toBeGreaterThanOrEqual(seen.min);
    const quality = (range: Range): number => foresee(seen, codesFor('int8', range)).sqnrDb;
    expect(quality([low, high])).toBeGreaterThan(quality(fullRange(seen)) + 1);
  });

  test('values of one sign keep 0 at the edge', () => {
    const seen = observe(bell(5000).map(Math.abs));
    expect(fullRange(seen)[0]).toBe(0);
    expect(bestRange(seen, 'int8')[0]).toBe(0);
    expect(withoutRarest(seen, 0.01)[0]).toBe(0);
  });

  test('without the rarest: that share is outside', () => {
    const seen = observe(bell(50_000));
    const [low, high] = withoutRarest(seen, 0.01);
    const outside = 50_000 - total(rebin(seen, [low, high], 1));
    expect(outside / 50_000).toBeGreaterThan(0.007);
    expect(outside / 50_000).toBeLessThanOrEqual(0.01);
  });
});

describe('weights by channel', () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 : -1) * i);

  test.each<[number, number]>([
    [0, 2],
    [1, 3],
    [2, 4],
  ])('along axis %i there are %i', (axis, count) => {
    const shape = [2, 3, 4];
    const sums = channelSums(values, null, shape, axis);
    // Block by block, as it is done.
    for (let from = 0; from < 24; from += 5) sums.add(from, Math.min(from + 5, 24));
    const expected = Array.from({ length: count }, (_, channel) =>
      Array.from(values).filter((_value, i) => coordinates(i, shape)[axis] === channel),
    );
    expect(sums.count).toBe(count);
    expect(Array.from(sums.min)).toEqual(expected.map((each) => Math.min(...each)));
    expect(Array.from(sums.max)).toEqual(expected.map((each) => Math.max(...each)));
  });

  test('the error of each', () => {
    const sums = channelSums([3, 4, 1, 1], [3, 3, 1, 1], [2, 2], 0);
    sums.add(0, 4);
    expect(channelSqnr(sums, 0)).toBeCloseTo(10 * Math.log10(25), 6);
    expect(channelSqnr(sums, 1)).toBe(300);
  });

  test('which use most and least of a range for all', () => {
    const sums = channelSums([1, -4, 0.5, 2], null, [4, 1], 0);
    sums.add(0, 4);
    expect(useOf(sums)).toEqual({ order: [2, 0, 3, 1], widest: 4, medianShare: 0.25 });
  });

  test('thousands are taken together', () => {
    const many = Float32Array.from({ length: 5000 }, (_, i) => i);
    const sums = channelSums(many, null, [5000, 1], 0);
    sums.add(0, 5000);
    const groups = grouped(sums, Array.from(sums.min.keys()), 300);
    expect(groups.length).toBeLessThanOrEqual(300);
    expect(groups.flatMap(({ channels }) => channels)).toHaveLength(5000);
    expect(groups[0]).toMatchObject({ low: 0, high: 16, meanLow: 8, meanHigh: 8 });
  });
});

describe('float against quantized', () => {
  test('ratio, direction, and the worst pairs in order', () => {
    const float = Float32Array.from({ length: 100 }, (_, i) => i);
    const quantized = float.map((value, i) => value + (i === 40 ? 3 : i === 7 ? -5 : 0));
    const { add, result } = differenceSums(float, quantized);
    add(0, 50);
    add(50, 100);
    const { sqnrDb, cosine, maxAbsError, count, worst } = result();
    const signal = total(float.map((value) => value * value));
    expect(sqnrDb).toBeCloseTo(10 * Math.log10(signal / 34), 6);
    expect(cosine).toBeGreaterThan(0.9999);
    expect(cosine).toBeLessThan(1);
    expect(maxAbsError).toBe(5);
    expect(count).toBe(100);
    expect(worst).toEqual([
      { index: 7, float: 7, quantized: 2 },
      { index: 40, float: 40, quantized: 43 },
    ]);
  });

  test('no more than ten, the worst of all', () => {
    const float = new Float32Array(1000);
    const quantized = Float32Array.from(numbers(1000));
    const { add, result } = differenceSums(float, quantized);
    add(0, 1000);
    const worst = Array.from(quantized).sort((a, b) => b - a);
    expect(result().worst.map((pair) => pair.quantized)).toEqual(worst.slice(0, 10));
  });

  test('equal, empty, and not finite', () => {
    const of = (a: number[], b: number[]) => {
      const { add, result } = differenceSums(a, b);
      add(0, a.length);
      return result();
    };
    expect(of([3, 4], [3, 4])).toMatchObject({ sqnrDb: 300, cosine: 1, worst: [] });
    expect(of([], [])).toMatchObject({ sqnrDb: 300, cosine: 1, count: 0 });
    expect(of([0, 0], [1, 0])).toMatchObject({ sqnrDb: -300, cosine: 0 });
    expect(of([NaN, Infinity, 1], [1, 1, 1])).toMatchObject({ sqnrDb: 300, count: 1 });
  });

  test('sampling is the same every time, spread, and fair to channels', () => {
    expect(Array.from(sampleIndices(5, 10))).toEqual([0, 1, 2, 3, 4]);
    const indices = Array.from(sampleIndices(1_000_000, 4000));
    expect(Array.from(sampleIndices(1_000_000, 4000))).toEqual(indices);
    expect(new Set(indices).size).toBe(4000);
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
    const byChannel = new Array<number>(8).fill(0);
    for (const index of indices) byChannel[index % 8]! += 1;
    for (const count of byChannel) expect(Math.abs(count - 500)).toBeLessThan(100);
  });

  test('places of values', () => {
    expect(coordinates(0, [1, 2, 3])).toEqual([0, 0, 0]);
    expect(coordinates(5, [1, 2, 3])).toEqual([0, 1, 2]);
    expect(coordinates(0, [])).toEqual([]);
  });
});

test('slices: all of it, once, and it can be stopped', async () => {
  const abort = new AbortController();
  let done = 0;
  await inSlices(200_000, abort.signal, (from, to) => (done += to - from));
  expect(done).toBe(200_000);
  const busy = (): void => {
    const end = performance.now() + 15;
    while (performance.now() < end);
    abort.abort();
  };
  await expect(inSlices(200_000, abort.signal, busy)).rejects.toThrow(/abort/i);
});

describe('scales and ticks', () => {
  test('ticks are round, within the domain, about as many as asked for', () => {
    expect(ticks([0, 6], 6)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ticks([-1.04, 1.04], 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(ticks([0, 0.00071], 4)).toEqual([0, 0.0002, 0.0004, 0.0006]);
    expect(ticks([1, 1], 4)).toEqual([]);
    expect(ticks([0, 3e9], 3)).toEqual([0, 1e9, 2e9, 3e9]);
  });

  test('counts by their logarithm: 0 has its place, 1 is seen', () => {
    const scale = countScale(1e6, [200, 0]);
    expect(scale(0)).toBe(200);
    expect(scale(1e6)).toBeCloseTo(0, 6);
    expect(scale(1)).toBeLessThan(195);
    expect(countTicks(1e6, 5)).toEqual([0, 1, 100, 1e4, 1e6]);
    expect(countTicks(0, 5)).toEqual([0, 1]);
  });

  test('a domain without width does not divide by 0', () => {
    expect(linearScale([2, 2], [0, 100])(2)).toBe(0);
  });
});

test('numbers', () => {
  expect(formatReal(0)).toBe('0');
  expect(formatReal(-1.23456)).toBe('−1.235');
  expect(formatReal(1.5e-9)).toBe('1.5e-9');
  expect(formatReal(-Infinity)).toBe('−Infinity');
  expect(formatShortCount(0.5)).toBe('0.5');
  expect(formatShortCount(12_345)).toBe('12.3k');
  expect(formatShortCount(2_000_000)).toBe('2M');
});

describe('where the tensors of a layer are', () => {
  type Models = Parameters<typeof outputPlace>[1];
  const operator = (name: string, inputs: number[], outputs: number[], output: string) => ({
    name,
    inputs,
    outputs,
    output,
  });
  const models = (before: unknown[], after: unknown[]): Models =>
    ({
      before: { subgraphs: [{ inputs: [{ index: 0 }], operators: before }] },
      after: { subgraphs: [{ inputs: [{ index: 0 }], operators: after }] },
    }) as unknown as Models;
  const layer = {
    subgraph: 0,
    operator: 0,
    name: 'CONV_2D',
    scope: 'y;',
    output: 'y',
    tensor: 3,
    tensorAfter: null,
    operatorAfter: null,
  };
  const before = [operator('CONV_2D', [0, 1, 2], [3], 'y')];

  test('integers throughout, made float again at the end', () => {
    const pair = models(before, [
      operator('QUANTIZE', [0], [7], 'x_quantized'),
      operator('CONV_2D', [7, 1, 2], [8], 'y_quantized'),
      operator('DEQUANTIZE', [8], [9], 'y'),
    ]);
    expect(outputPlace(layer, pair)).toEqual({ before: 3, after: 8 });
    expect(constantPlaces(layer, pair)).toEqual([
      { before: 1, after: 1 },
      { before: 2, after: 2 },
    ]);
  });

  test('weights that are made float before they are used', () => {
    const pair = models(before, [
      operator('DEQUANTIZE', [1], [8], 'w_dequantized'),
      operator('CONV_2D', [0, 8, 2], [3], 'y'),
    ]);
    expect(outputPlace(layer, pair)).toEqual({ before: 3, after: 3 });
    expect(constantPlaces(layer, pair)[0]).toEqual({ before: 1, after: 1 });
  });

  test('an operator that is gone has no counterpart', () => {
    const pair = models(before, [operator('CONV_2D', [0, 1, 2], [3], 'z')]);
    expect(outputPlace(layer, pair)).toEqual({ before: 3, after: null });
    expect(constantPlaces(layer, pair)[0]).toEqual({ before: 1, after: null });
  });
});
