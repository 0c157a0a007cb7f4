import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildReport,
  coverageOf,
  modelExplorerData,
  recipe,
  reportHtml,
  type DebugReport,
  type ModelReport,
  type QuantizeOptions,
} from 'octolite';
import { refusal } from './support/errors.js';
import { calibrationPictures, withSampleModel } from './support/engine.js';
import { sampleModelBytes } from './support/files.js';
import { modelOf } from './support/make_models.js';

const context = withSampleModel();

const pictures = (limit: number) => calibrationPictures(context, limit);

async function coverageWith(options: Partial<QuantizeOptions> = {}) {
  const { octolite, model } = context;
  const { bytes, report } = await octolite.quantize(model, {
    recipe: 'static_wi8_ai8',
    calibration: await pictures(4),
    ...options,
  });
  const small = octolite.loadModel(bytes);
  const coverage = coverageOf(octolite.inspect(small), report);
  small.dispose();
  return coverage;
}

describe('coverage', () => {
  test('yes: integers from end to end', async () => {
    expect(await coverageWith({ inputType: 'int8', outputType: 'int8' })).toEqual({
      fullyInteger: true,
      summary: 'yes',
      operators: 18,
      integerOperators: 18,
      floatOperators: [],
      floatInputs: [],
      floatOutputs: [],
      quantize: 0,
      dequantize: 0,
    });
  });

  test('no, because of float inputs and outputs', async () => {
    const coverage = await coverageWith();
    expect(coverage).toMatchObject({
      fullyInteger: false,
      integerOperators: 18,
      quantize: 1,
      dequantize: 1,
    });
    expect(coverage.summary).toBe(
      'no, because input image is float32; output probabilities is float32',
    );
  });

  test('no, because of operators, with the reason of each', async () => {
    const coverage = await coverageWith({
      keepFloat: ['^block0/', '^block2/'],
      inputType: 'int8',
      outputType: 'int8',
    });
    expect(coverage.integerOperators).toBe(16);
    expect(coverage.summary).toContain('2 of 18 operators compute in float32 (2 CONV_2D)');
    expect(coverage.floatOperators[0]).toMatchObject({
      name: 'CONV_2D',
      output: 'block0/conv',
      reason: 'kept in float: the recipe says so',
    });
  });

  test('dynamic quantization computes in float between', async () => {
    const coverage = await coverageWith({ recipe: recipe('dynamic_wi8_afp32') });
    expect(coverage.integerOperators).toBe(0);
    expect(coverage.floatOperators[0]!.reason).toContain('activations are float32');
  });
});

describe('debug', () => {
  test('says what each operator does, and what helps, measured', async () => {
    const { octolite, model } = context;
    const data = await pictures(10);
    const before = octolite.runtimeInfo().liveHandles;
    const options = { recipe: 'static_wi8_ai8', calibration: data } as const;
    const report = await octolite.debug(model, { ...options, data, samples: 6 });
    expect(report).toMatchObject({ samples: 6, calibrationSamples: 10, floatBytes: 340380 });
    expect(report.operators).toHaveLength(18);
    expect(report.operators.at(-1)!.accumulatedSqnrDb).toBeCloseTo(report.whole.worstSqnrDb, 9);
    const few = report.suggestions.find(({ id }) => id === 'few-calibration-samples');
    expect(few?.evidence).toEqual({ samples: 10, usual: 100 });

    // What a suggestion promises is what its change does.
    const kept = report.suggestions.find(({ id }) => id === 'keep-float');
    expect(kept).toBeDefined();
    expect(kept!.text).toMatch(/^keep .* in float: \+\d+\.\d dB for [+-]\d/);
    const { bytes } = await octolite.quantize(model, { ...options, ...kept!.change });
    const small = octolite.loadModel(bytes);
    const { outputs } = await octolite.compare(model, small, data.slice(0, 6));
    small.dispose();
    expect(bytes.byteLength).toBe(kept!.evidence.bytesAfter);
    expect(outputs[0]!.sqnrDb).toBeCloseTo(kept!.evidence.sqnrDbAfter as number, 6);
    expect(outputs[0]!.sqnrDb).toBeGreaterThan(report.whole.worstSqnrDb + 1.5);
    expect(octolite.runtimeInfo().liveHandles).toBe(before);
  });

  test('sees an output that mixes ranges, and what that costs', async () => {
    const { octolite } = context;
    const shape = [1, 32, 2];
    const zeros = new Uint8Array(4 * 64);
    const mixed = octolite.loadModel(
      modelOf([
        {
          tensors: [
            { name: 'x', type: 'float32', shape },
            { name: 'zero', type: 'float32', shape, data: zeros },
            { name: 'y', type: 'float32', shape },
          ],
          inputs: [0],
          outputs: [2],
          operators: [{ op: 'add', inputs: [0, 1], outputs: [2] }],
        },
      ]),
    );
    // Pixels and scores.
    const sample = Float32Array.from({ length: 64 }, (_, i) =>
      i % 2 === 0 ? 30 * (i - 32) : (i % 7) / 7,
    );
    const report = await octolite.debug(mixed, {
      recipe: 'static_wi8_ai8',
      calibration: [sample],
      data: [sample],
    });
    const found = report.suggestions.find(({ id }) => id === 'mixed-output-ranges')!;
    expect(found.evidence).toMatchObject({ output: 'y', axis: 2, smallChannels: 1 });
    expect(found.evidence.largestRange).toBe(960);
    expect(found.evidence.ratio).toBeCloseTo(960 / (6 / 7), 2);
    expect(found.evidence.smallChannelsSqnrDb).toBeLessThan(3);
    // While the whole looks well.
    expect(report.whole.worstSqnrDb).toBeGreaterThan(35);
    expect(found.change).toEqual({ keepFloat: ['^y;$'] });
    mixed.dispose();
  });

  test('tries nothing when not asked to, and can be stopped', async () => {
    const { octolite, model } = context;
    const data = await pictures(2);
    const recipe = 'dynamic_wi8_afp32';
    const report = await octolite.debug(model, { recipe, data, suggest: false });
    expect(report.suggestions).toEqual([]);
    expect(report.calibrationSamples).toBeUndefined();
    const abort = new AbortController();
    await refusal(
      () =>
        octolite.debug(model, {
          recipe,
          data,
          signal: abort.signal,
          onProgress: ({ done }) => done === 3 && abort.abort(),
        }),
      'ABORTED',
    );
  });
});

describe('a report', () => {
  let report: ModelReport;
  let debug: DebugReport;

  beforeAll(async () => {
    const { octolite, model } = context;
    const data = await pictures(6);
    const options = { recipe: 'static_wi8_ai8', calibration: data } as const;
    debug = await octolite.debug(model, { ...options, data });
    const { bytes, report: quantization } = await octolite.quantize(model, options);
    const small = octolite.loadModel(bytes);
    report = await buildReport({
      before: {
        name: 'shapes.tflite',
        bytes: sampleModelBytes(),
        inspection: octolite.inspect(model),
        benchmark: await octolite.benchmark(model, { runs: 2, profile: true }),
      },
      after: {
        name: '<b>"small" & co.tflite',
        bytes,
        inspection: octolite.inspect(small),
        benchmark: await octolite.benchmark(small, { runs: 2, profile: true }),
      },
      comparison: await octolite.compare(model, small, data, { perLayer: true }),
      quantization,
      debug,
      recipe: 'static_wi8_ai8',
      data: '6 samples',
    });
    small.dispose();
  });

  test('has every figure of every operator', () => {
    expect(report).toMatchObject({ format: 'octolite-report', version: 1, samples: 6 });
    expect(report.after.gzipBytes).toBeLessThan(report.after.bytes);
    expect(report.layers).toHaveLength(18);
    const [first] = report.layers;
    expect(first).toMatchObject({
      name: 'block0/conv',
      operatorName: 'CONV_2D',
      operatorIndex: 0,
      dtype: 'int8',
      zeroPoint: -128,
      clipped: 0,
      weightBytesBefore: 1792,
      weightBytesAfter: 496,
    });
    for (const key of [
      'scale',
      'sqnrDb',
      'localSqnrDb',
      'localShare',
      'meanAbsError',
      'maxAbsError',
      'klDivergence',
      'weightSqnrDb',
      'msBefore',
      'msAfter',
      'aloneSqnrDb',
      'accumulatedSqnrDb',
      'errorShare',
    ] as const) {
      expect(first![key]).toBeGreaterThan(0);
    }
    // Nothing comes before the first operator but the rounding of the input.
    expect(first!.localSqnrDb).toBeCloseTo(first!.sqnrDb, 9);
    // Later the error from before is in the one and not in the other.
    const add = report.layers.find(({ name }) => name === 'block8/add')!;
    expect(add.localSqnrDb).toBeGreaterThan(add.sqnrDb + 1);
    expect(report.layers.reduce((sum, { localShare }) => sum + localShare, 0)).toBeCloseTo(1, 9);
    expect(structuredClone(report)).toEqual(JSON.parse(JSON.stringify(report)));
  });

  test('as HTML is one file that asks for nothing', () => {
    const html = reportHtml(report);
    expect(html.startsWith('<!doctype html>')).toBe(true);
    expect(/\s(src|href)=|url\(|@import|https?:/i.test(html)).toBe(false);
    expect(html).toContain("default-src 'none'");
    expect(html.includes('<b>')).toBe(false);
    expect(html).toContain('&lt;b&gt;&quot;small&quot; &amp; co.tflite');
    expect(html.match(/<tr id="layer/g)).toHaveLength(18);
    expect(html).toContain('Fully integer: <strong>no, because input image is float32');
    for (const { text } of report.suggestions) {
      expect(html).toContain(text.replaceAll('&', '&amp;').replaceAll("'", '&#39;'));
    }
    expect(/undefined|NaN|\[object/.test(html)).toBe(false);
  });

  test('as node data of Model Explorer is keyed by output tensors', () => {
    const data = modelExplorerData(report);
    expect(Object.keys(data.results)).toHaveLength(18);
    expect(data.results['block0/conv']).toEqual({ value: report.layers[0]!.sqnrDb });
    expect(data.thresholds!.map(({ value }) => value)).toEqual([10, 20, 30, 40]);
    const shares = modelExplorerData(report, 'errorShare');
    expect(shares.gradient).toHaveLength(2);
    expect(shares.results['probabilities']!.value).toBe(debug.operators[17]!.errorShare);
  });
});
