// Pruning, clustering and packing of weights, the analysis of levels, and sizes on the wire.

import { afterAll, describe, expect, test } from '@jest/globals';
import {
  chooseParams,
  dequantizeValues,
  packBits,
  quantizeValues,
  wireSize,
  type AffineType,
  type Model,
} from 'octolite';
import { connectWorker } from 'octolite/worker';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { octolite as cli } from './support/cli.js';
import { inTemporaryFolder, sampleModelBytes, SAMPLE_MODEL } from './support/files.js';
import { refusal } from './support/errors.js';
import { samplePictures, withSampleModel } from './support/engine.js';

const context = withSampleModel();
afterAll(() => {
  expect(context.octolite.runtimeInfo().liveHandles).toBe(0);
});

describe('prune', () => {
  test('makes the share of the weights zero, in large tensors', async () => {
    const { octolite, model } = context;
    const { bytes, tensors } = await octolite.prune(model, { share: 0.75 });
    const changed = tensors.filter(({ kept }) => !kept);
    expect(changed.length).toBeGreaterThan(0);
    for (const { elements, zerosAfter, sqnrDb, dtype } of changed) {
      expect(zerosAfter).toBe(Math.round(0.75 * elements));
      expect(sqnrDb).toBeGreaterThan(0);
      expect(dtype).toBe('float32');
    }
    for (const { elements, kept } of tensors) expect(kept).toBe(elements < 1024);
    expect((await wireSize(bytes)).gzip).toBeLessThan(
      0.6 * (await wireSize(sampleModelBytes())).gzip,
    );
  });

  test('of all weights together takes other shares of each tensor', async () => {
    const { octolite, model } = context;
    const { tensors } = await octolite.prune(model, { share: 0.5, global: true, minElements: 1 });
    const zeros = tensors.reduce((sum, { zerosAfter }) => sum + zerosAfter, 0);
    const elements = tensors.reduce((sum, tensor) => sum + tensor.elements, 0);
    expect(Math.abs(zeros - elements / 2)).toBeLessThanOrEqual(1);
    const shares = tensors.map((tensor) => tensor.zerosAfter / tensor.elements);
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.1);
  });

  test('leaves operators alone that are to be kept', async () => {
    const { octolite, model } = context;
    const { bytes, tensors } = await octolite.prune(model, { share: 0.5, keep: [/./] });
    expect(tensors.every(({ kept }) => kept)).toBe(true);
    expect(await octolite.decompress(model)).toEqual(bytes);
  });
});

describe('cluster', () => {
  test('leaves as many values as asked, the fewer the more is lost', async () => {
    const { octolite, model } = context;
    let previous = 300;
    for (const clusters of [64, 16, 4]) {
      const { tensors } = await octolite.cluster(model, { clusters });
      const [largest] = [...tensors].sort((a, b) => b.elements - a.elements);
      expect(largest).toMatchObject({ codebooks: 1, valuesAfter: clusters });
      expect(largest!.sqnrDb).toBeLessThan(previous - 5);
      previous = largest!.sqnrDb;
    }
    expect(previous).toBeGreaterThan(5);
  });

  test('of channels costs less than of tensors', async () => {
    const { octolite, model } = context;
    const { tensors } = await octolite.cluster(model, { clusters: 8 });
    const own = await octolite.cluster(model, { clusters: 8, perChannel: true });
    tensors.forEach(({ codebooks, sqnrDb }, i) => {
      if (codebooks === 0) return;
      expect(own.tensors[i]!.codebooks).toBeGreaterThan(1);
      expect(own.tensors[i]!.sqnrDb).toBeGreaterThanOrEqual(sqnrDb);
    });
  });
});

describe('quantize', () => {
  test('prunes before and clusters after, and codes stay shared', async () => {
    const { octolite, model } = context;
    const { bytes, report } = await octolite.quantize(model, {
      recipe: 'weight_only_wi8_afp32',
      prune: 0.5,
      cluster: 16,
    });
    expect(report.bytesAfter).toBe(bytes.byteLength);
    const { pruned, clustered, packed } = report.compression!;
    expect(packed).toBeUndefined();
    const changed = clustered!.filter(({ codebooks }) => codebooks > 0);
    expect(changed.length).toBeGreaterThan(0);
    for (const { dtype, valuesAfter } of changed) {
      expect(dtype).toBe('int8');
      expect(valuesAfter).toBeLessThanOrEqual(16);
    }
    // What was zero is zero: pruning the result again by as much changes nothing.
    using small = octolite.loadModel(bytes);
    const again = await octolite.prune(small, { share: 0.5 });
    expect(again.tensors.map(({ sqnrDb }) => sqnrDb)).toEqual(again.tensors.map(() => 300));
    expect(pruned!.some(({ kept }) => !kept)).toBe(true);
  });

  test('without these options reports nothing of them', async () => {
    const { octolite, model } = context;
    const { report } = await octolite.quantize(model, { recipe: 'dynamic_wi8_afp32' });
    expect(report.compression).toBeUndefined();
  });

  test('static recipes calibrate the pruned model', async () => {
    const { octolite, model } = context;
    const { data } = await samplePictures(context, 'calibration', 8);
    const whole = await octolite.quantize(model, { recipe: 'static_wi8_ai8', calibration: data });
    const pruned = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration: data,
      prune: 0.9,
    });
    expect(pruned.statistics).not.toEqual(whole.statistics);
  });

  test('for tflite-micro makes a file that runs here as the ordinary one does', async () => {
    const { octolite, model } = context;
    const { data } = await samplePictures(context, 'calibration', 8);
    const options = { recipe: 'static_wi8_ai8', calibration: data, cluster: 16 } as const;
    const ordinary = await octolite.quantize(model, options);
    const micro = await octolite.quantize(model, { ...options, microCompression: true });
    const packed = micro.report.compression!.packed!.filter(({ bits }) => bits > 0);
    expect(packed.length).toBeGreaterThan(0);
    for (const { bits, bytesBefore, bytesAfter } of packed) {
      expect(bits).toBeLessThanOrEqual(4);
      expect(bytesAfter).toBeLessThan(bytesBefore);
    }
    expect(micro.bytes.byteLength).toBeLessThan(ordinary.bytes.byteLength);
    using loaded = octolite.loadModel(micro.bytes);
    using reference = octolite.loadModel(ordinary.bytes);
    const { outputs } = await octolite.compare(reference, loaded, data);
    expect(outputs.map(({ maxAbsError }) => maxAbsError)).toEqual([0]);
    expect(await octolite.decompress(loaded)).toEqual(ordinary.bytes);
  });
});

describe('analyzeCompanding', () => {
  test('measures grids that get better with bits, and none beats the codebook', async () => {
    const { octolite, model } = context;
    const [four, six] = [
      await octolite.analyzeCompanding(model),
      await octolite.analyzeCompanding(model, { bits: 6 }),
    ];
    expect(four.bits).toBe(4);
    expect(four.tensors.length).toBeGreaterThan(0);
    four.tensors.forEach(({ name, grids, best, gainDb }, i) => {
      const bound = grids.kmeans.sqnrDb;
      for (const { sqnrDb } of Object.values(grids)) expect(sqnrDb).toBeLessThanOrEqual(bound);
      expect(six.tensors[i]!.grids.linear.sqnrDb).toBeGreaterThan(grids.linear.sqnrDb + 9);
      expect(gainDb).toBeCloseTo(
        grids[best].sqnrDb - Math.max(grids.linear.sqnrDb, grids.clipped.sqnrDb),
      );
      expect(four.nonlinearWins.includes(name)).toBe(gainDb >= 0.5);
    });
  });
});

test('a codebook is made of the means of what is nearest', async () => {
  expect(await context.octolite.codebook([1, 2, 9, 11, 30], 3)).toEqual([1.5, 10, 30]);
});

test('a worker does the same', async () => {
  const { octolite, model } = context;
  const remote = await connectWorker();
  try {
    const there = await remote.loadModel(sampleModelBytes());
    const options = { share: 0.5, keep: [/nothing/], signal: new AbortController().signal };
    expect(await remote.prune(there, options)).toEqual(await octolite.prune(model, options));
    expect(await remote.analyzeCompanding(there)).toEqual(await octolite.analyzeCompanding(model));
  } finally {
    remote.terminate();
  }
});

describe('refusals', () => {
  const cases: [string, (model: Model) => Promise<unknown>][] = [
    ['a share of all', (model) => context.octolite.prune(model, { share: 1 })],
    ['a share below 0', (model) => context.octolite.prune(model, { share: -0.5 })],
    ['no share', (model) => context.octolite.prune(model, {} as never)],
    ['one cluster', (model) => context.octolite.cluster(model, { clusters: 1 })],
    ['half a cluster', (model) => context.octolite.cluster(model, { clusters: 2.5 })],
    ['nine bits', (model) => context.octolite.analyzeCompanding(model, { bits: 9 })],
    ['a pattern that is none', (model) => context.octolite.prune(model, { share: 0, keep: ['('] })],
    ['nothing to pack', (model) => context.octolite.compressForMicro(model)],
    ['levels of k-means', () => context.octolite.compandingLevels('kmeans' as never, 4)],
    ['a codebook of nothing', () => context.octolite.codebook([], 4)],
  ];
  test.each(cases)('%s', async (_name, action) => {
    await refusal(() => action(context.model), 'INVALID_ARGUMENT');
  });
});

describe('wireSize', () => {
  test('is what the encoders make of the bytes', async () => {
    const bytes = sampleModelBytes();
    const size = await wireSize(bytes);
    expect(size.raw).toBe(bytes.byteLength);
    expect(size.gzip).toBe(gzipSync(bytes, { level: 9 }).byteLength);
    expect(gunzipSync(gzipSync(bytes))).toHaveLength(size.raw);
    expect(size.brotli!).toBeLessThan(size.raw);
    expect((await wireSize(new Uint8Array(100000))).gzip).toBeLessThan(200);
  });
});

describe('affine quantization of values', () => {
  test('keeps within half a step, and 0 exact', () => {
    const values = Array.from({ length: 200 }, (_, i) => Math.fround(-1.3 + i * 0.02));
    for (const type of ['int8', 'uint8', 'int16', 'int4'] as AffineType[]) {
      for (const symmetric of [false, true]) {
        const params = chooseParams(-1.3, 2.68, { type, symmetric });
        const codes = quantizeValues(values, params, { type, symmetric });
        const errors = dequantizeValues(codes, params).map((value, i) => value - values[i]!);
        expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(params.scale * 0.51);
        const zero = quantizeValues([0], params, { type, symmetric });
        expect(dequantizeValues(zero, params)[0]).toBe(0);
        if (symmetric) expect(params.zeroPoint).toBe(type === 'uint8' ? 128 : 0);
      }
    }
  });

  test('packs as the file does', () => {
    expect([...packBits([1, -1, -8, 7, 3], 4)]).toEqual([0xf1, 0x78, 0x03]);
    expect([...packBits([1, -1, -2, 0, 1], 2)]).toEqual([0b00101101, 1]);
  });

  test('refuses what makes no sense', async () => {
    await refusal(() => chooseParams(1, 0), 'INVALID_ARGUMENT');
    await refusal(() => chooseParams(0, NaN), 'INVALID_ARGUMENT');
    await refusal(() => chooseParams(0, 1, { type: 'int3' as never }), 'INVALID_ARGUMENT');
    await refusal(() => quantizeValues([1], { scale: 0, zeroPoint: 0 }), 'INVALID_ARGUMENT');
  });
});

describe('command line', () => {
  test('compress, and back', async () => {
    await inTemporaryFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      const { octolite, model } = context;
      const int8 = await octolite.quantize(model, {
        recipe: 'static_wi8_ai8',
        calibration: (await samplePictures(context, 'calibration', 4)).data,
      });
      writeFileSync(at('int8.tflite'), int8.bytes);
      const options = ['--cluster', '8', '--micro-compress', '--json'];
      const done = await cli(['compress', at('int8.tflite'), '-o', at('micro.tflite'), ...options]);
      expect(done).toMatchObject({ status: 0, stderr: '' });
      const json = JSON.parse(done.stdout) as {
        sizes: Record<'before' | 'after', { raw: number; gzip: number; brotli: number }>;
        packed: { bits: number }[];
      };
      expect(json.sizes.after.raw).toBeLessThan(json.sizes.before.raw);
      expect(json.sizes.before.brotli).toBeLessThan(json.sizes.before.gzip);
      expect(json.packed.some(({ bits }) => bits === 3)).toBe(true);
      const back = await cli(['compress', at('micro.tflite'), '-o', at('back.tflite')]);
      expect(back.status).toBe(0);
      expect(back.stdout).toMatch(/size .*\n.*gzip .*\n.*brotli /);
    });
  });

  test('quantize says what goes over the wire', async () => {
    await inTemporaryFolder(async (folder) => {
      const out = join(folder, 'out.tflite');
      const done = await cli(['quantize', SAMPLE_MODEL, '-o', out, '--prune=0.5', '--cluster=16']);
      expect(done.status).toBe(0);
      expect(done.stdout).toMatch(/ {4}gzip +[\d.]+ KiB -> [\d.]+ KiB \([\d.]+ %\)/);
      expect(done.stdout).toMatch(/pruned +\d+ tensors?, \d\d\.\d % zeros; most changed: /);
      expect(done.stdout).toMatch(/clustered +\d+ tensors?, up to 1\d values/);
    });
  });

  test('inspect compares grids', async () => {
    const done = await cli(['inspect', SAMPLE_MODEL, '--companding', '--bits', '3']);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout).toMatch(/weights in 3 bits, SQNR in dB/);
  });

  test.each([
    ['quantize', '--prune', '1'],
    ['quantize', '--cluster', '1'],
    ['quantize', '--prune-global'],
    ['compress', '--cluster-per-channel'],
  ])('%s %s is wrong usage', async (command, ...options) => {
    const done = await cli([command, SAMPLE_MODEL, '-o', 'never.tflite', ...options]);
    expect(done.status).toBe(2);
  });
});
