import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  channelMeans,
  load,
  mergeStatistics,
  openDataset,
  statisticsFromJson,
  statisticsToJson,
  type CalibrationStatistics,
  type Model,
  type Octolite,
  type Sample,
} from 'octolite';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE, sampleModelBytes } from './support/files.js';
import { modelOf, type TestSubgraph } from './support/make_models.js';

jest.setTimeout(180_000);

const CALIBRATION = join(SAMPLE, 'calibration-images-idx4-ubyte.gz');

let octolite: Octolite;
let model: Model;
let samples: Sample[];

beforeAll(async () => {
  octolite = await load();
  model = octolite.loadModel(sampleModelBytes());
  const bytes = readFileSync(CALIBRATION);
  const data = await openDataset(
    [{ name: CALIBRATION, arrayBuffer: () => Promise.resolve(bytes) }],
    octolite.inspect(model).inputs,
    { limit: 6 },
  );
  samples = [];
  for await (const sample of data) samples.push(structuredClone(sample));
});

/** What a tensor is with one thing changed. */
function changed(
  statistics: CalibrationStatistics,
  change: (json: Record<string, unknown>, tensor: Record<string, unknown>) => void,
): string {
  const json = JSON.parse(statisticsToJson(statistics)) as Record<string, unknown> & {
    subgraphs: { tensors: Record<string, unknown>[] }[];
  };
  change(json, json.subgraphs[0]!.tensors[1]!);
  return JSON.stringify(json);
}

describe('merging', () => {
  test('gives the text of one run, however the samples were split and ordered', async () => {
    const whole = statisticsToJson(await octolite.calibrate(model, samples));
    for (const parts of [2, 3]) {
      const pieces: CalibrationStatistics[] = [];
      for (let part = 0; part < parts; ++part) {
        const own = samples.filter((_, i) => (i * 7 + 3) % parts === part).reverse();
        pieces.push(await octolite.calibrate(model, own));
      }
      expect(statisticsToJson(mergeStatistics(...pieces))).toBe(whole);
      expect(statisticsToJson(mergeStatistics(...pieces.reverse()))).toBe(whole);
      // Also of pieces that were saved.
      const saved = pieces.map((piece) => statisticsFromJson(statisticsToJson(piece)));
      expect(statisticsToJson(saved.reduce((a, b) => mergeStatistics(a, b)))).toBe(whole);
    }
  });

  test('refuses statistics of different models, and none', async () => {
    const statistics = await octolite.calibrate(model, samples.slice(0, 1));
    const other = { ...statistics, model: '0123456789abcdef' };
    expect(() => mergeStatistics(statistics, other)).toThrow(/different models/);
    const unknown = { subgraphs: statistics.subgraphs };
    expect(mergeStatistics(unknown, other).model).toBe(other.model);
    const renamed = structuredClone(unknown);
    Object.assign(renamed.subgraphs[0]!.tensors[0]!, { name: 'another' });
    expect(() => mergeStatistics(unknown, renamed)).toThrow(/'another'|tensor 0/);
    expect(() => mergeStatistics()).toThrow(/no statistics/);
  });

  test('widens histograms to the wider bins', async () => {
    const statistics = await octolite.calibrate(model, samples.slice(0, 1));
    const wide = structuredClone(statistics);
    const input = wide.subgraphs[0]!.tensors[0]!;
    Object.assign(input, { exponent: input.exponent + 3 });
    const merged = mergeStatistics(statistics, wide).subgraphs[0]!.tensors[0]!;
    expect(merged.exponent).toBe(input.exponent);
    const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
    expect(total(merged.histogram)).toBe(2 * total(input.histogram));
  });
});

describe('JSON', () => {
  test('gives back all but what depends on order', async () => {
    const statistics = await octolite.calibrate(model, samples);
    const text = statisticsToJson(statistics);
    const read = statisticsFromJson(text);
    expect(statisticsToJson(read)).toBe(text);
    const { convergence, ...rest } = statistics;
    expect(convergence).toMatchObject({ samples: samples.length });
    const withMoving = statisticsFromJson(statisticsToJson(statistics, { movingAverage: true }));
    expect(withMoving).toEqual(rest);
    expect(read.subgraphs[0]!.tensors[0]).not.toHaveProperty('movingRange');
    // Small: no more than a few numbers for each filled bin.
    expect(text.length).toBeLessThan(500_000);
    expect(text).toMatch(/^\{"format":"octolite-calibration","version":1,"model":"[0-9a-f]{16}"/);
  });

  test('keeps counts of what is no number, and tensors without any', () => {
    const statistics: CalibrationStatistics = {
      subgraphs: [
        {
          subgraph: 0,
          samples: 2,
          tensors: [
            {
              tensor: 4,
              name: 'strange "name"\n',
              count: 0,
              nanCount: 3,
              infiniteCount: 5,
              min: Infinity,
              max: -Infinity,
              exponent: -126,
              histogram: new Float64Array(0),
              channels: null,
            },
          ],
        },
      ],
    };
    expect(statisticsFromJson(statisticsToJson(statistics))).toEqual(statistics);
  });

  test('makes the same quantized model as the statistics themselves', async () => {
    const statistics = await octolite.calibrate(model, samples);
    const saved = statisticsFromJson(statisticsToJson(statistics, { movingAverage: true }));
    for (const observer of ['min_max', 'moving_average', 'percentile', 'mse', 'entropy'] as const) {
      const options = { recipe: 'static_wi8_ai8', observer } as const;
      const direct = await octolite.quantize(model, { ...options, calibration: statistics });
      const again = await octolite.quantize(model, { ...options, calibration: saved });
      expect(again.bytes).toEqual(direct.bytes);
    }
  });

  test('refuses what is none, saying what is wrong', async () => {
    const statistics = await octolite.calibrate(model, samples.slice(0, 1));
    type Change = Parameters<typeof changed>[1];
    const cases: [Change, RegExp][] = [
      [(json) => (json.format = 'other'), /'format'/],
      [(json) => (json.version = 2), /version 2/],
      [(json) => (json.model = 'me'), /'model'/],
      [(json) => (json.subgraphs = {}), /'subgraphs' is not a list/],
      [(json) => (json.subgraphs = [null]), /subgraph entry 0 is not an object/],
      [(_, tensor) => delete tensor.name, /tensor entry 1 of subgraph entry 0 has no name/],
      [(_, tensor) => (tensor.count = -1), /'count' of tensor '.*' is not a count/],
      [(_, tensor) => (tensor.count = 0.5), /'count'/],
      [(_, tensor) => (tensor.min = '1'), /'min'/],
      [(_, tensor) => (tensor.exponent = 1000), /not calibration statistics/],
      [(_, tensor) => (tensor.histogram = [-4096, 1]), /over 4096 bins/],
      [(_, tensor) => (tensor.histogram = Array<number>(4097).fill(1)), /over 4096 bins/],
      [(_, tensor) => (tensor.histogram = [-1e15, 1]), /over 4096 bins/],
      [(_, tensor) => (tensor.histogram = [0.5]), /something other than counts/],
      [(_, tensor) => (tensor.histogram = 'many'), /not a list/],
      [(_, tensor) => (tensor.channels = { rows: 1, sums: [] }), /0 channels/],
      [(_, tensor) => (tensor.channels = { rows: 1, sums: [1] }), /a sum of/],
      [(_, tensor) => (tensor.channels = { rows: 1, sums: ['9'.repeat(39)] }), /too large/],
      [(_, tensor) => (tensor.movingRange = { updates: 1, min: 2, max: 1 }), /not calibration/],
      [(_, tensor) => (tensor.tensor = 0), /not calibration statistics/],
    ];
    for (const [change, message] of cases) {
      const text = changed(statistics, change);
      expect(() => statisticsFromJson(text)).toThrow(
        expect.objectContaining({
          code: 'INVALID_ARGUMENT',
          message: expect.stringMatching(message) as unknown,
        }),
      );
    }
    for (const text of ['', '{', '[]', 'null', '"x"', '{}']) {
      expect(() => statisticsFromJson(text)).toThrow(/not calibration statistics/);
    }
    expect(() => statisticsToJson({ subgraphs: [{}] } as never)).toThrow(/not calibration/);
  });
});

describe('what calibrating tells', () => {
  test('means of channels', async () => {
    const { subgraphs } = await octolite.calibrate(model, samples);
    const [input] = subgraphs[0]!.tensors;
    let sum = 0;
    let count = 0;
    for (const sample of samples) {
      for (const value of sample as Float32Array) {
        sum += value;
        ++count;
      }
    }
    const means = channelMeans(input!)!;
    expect(means).toHaveLength(octolite.inspect(model).inputs[0]!.shape.at(-1)!);
    const mean = means.reduce((total, value) => total + value, 0) / means.length;
    expect(mean).toBeCloseTo(sum / count, 9);
    expect(channelMeans({ ...input!, channels: null })).toBeNull();
  });

  test('when ranges are stable', async () => {
    const seen: (number | undefined)[] = [];
    const { convergence } = await octolite.calibrate(
      model,
      [samples[0]!, samples[0]!, samples[0]!],
      {
        onProgress: (progress) => seen.push(progress.convergence?.stableAfter),
      },
    );
    expect(convergence).toEqual({ samples: 3, stableAfter: 1, lastMove: 0 });
    expect(seen).toEqual([undefined, 1, 1, 1]);
  });

  test('statistics of another model are used with a warning', async () => {
    const statistics = await octolite.calibrate(model, samples);
    const options = { recipe: 'static_wi8_ai8', calibration: statistics } as const;
    const { report } = await octolite.quantize(model, options);
    expect(report.warnings.join()).not.toMatch(/another model/);
    const calibration = { ...statistics, model: '0123456789abcdef' };
    const other = await octolite.quantize(model, { ...options, calibration });
    expect(other.report.warnings.join()).toMatch(/another model/);
  });

  test('all signatures, each with the samples that have its inputs', async () => {
    const doubled = (input: string): TestSubgraph => ({
      tensors: [
        { name: input, type: 'float32', shape: [1] },
        { name: 'twice', type: 'float32', shape: [1] },
      ],
      inputs: [0],
      outputs: [1],
      operators: [{ op: 'add', inputs: [0, 0], outputs: [1] }],
    });
    const signatures = ['x', 'y'].map((input, subgraph) => ({
      key: `double_${input}`,
      subgraph,
      inputs: { [input]: 0 },
      outputs: { twice: 1 },
    }));
    using two = octolite.loadModel(modelOf([doubled('x'), doubled('y')], signatures));
    const one = Float32Array.of(1);
    const both = await octolite.calibrate(two, [{ x: one }, { y: one }, { x: one, y: one }], {
      signature: '*',
    });
    expect(both.subgraphs.map(({ samples: runs }) => runs)).toEqual([2, 2]);
    await expect(octolite.calibrate(two, [{ z: one }], { signature: '*' })).rejects.toThrow(
      /the inputs of no signature; they are: x; y/,
    );
    await expect(octolite.calibrate(two, [one], { signature: '*' })).rejects.toThrow(/names/);
    using none = octolite.loadModel(modelOf([doubled('x')]));
    await expect(octolite.calibrate(none, [{ x: one }], { signature: '*' })).rejects.toThrow(
      /no signatures/,
    );
  });
});
