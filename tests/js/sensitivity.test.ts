import { describe, expect, test } from '@jest/globals';
import type { Progress } from 'octolite';
import { refusal } from './support/errors.js';
import { calibrationPictures, withSampleModel } from './support/engine.js';

const context = withSampleModel();

const pictures = (limit: number) => calibrationPictures(context, limit);

/** Operators at either end and in the middle. */
const SOME = [0, 9, 16].map((op) => ({ subgraph: 0, op }));

describe('sensitivity', () => {
  test('one operator at a time: each is better than all at once', async () => {
    const { octolite, model } = context;
    const data = await pictures(12);
    const before = octolite.runtimeInfo().liveHandles;
    const steps: Progress[] = [];
    const report = await octolite.sensitivity(model, {
      recipe: 'static_wi8_ai8',
      calibration: data,
      data,
      samples: 8,
      onProgress: (progress) => {
        if (progress.stage === 'sensitivity') steps.push(progress);
      },
    });
    const { operators, whole } = report;
    expect(report).toMatchObject({ mode: 'only', samples: 8 });
    expect(operators).toHaveLength(18);
    expect(operators.map(({ op }) => op)).toEqual([...Array(18).keys()]);
    expect(operators[0]).toMatchObject({ name: 'CONV_2D', scope: 'block0/conv;', subgraph: 0 });
    expect(whole.worstSqnrDb).toBeGreaterThan(10);
    expect(whole.worstSqnrDb).toBeLessThan(60);
    for (const one of operators) {
      expect(one.outputs).toHaveLength(1);
      expect(one.worstSqnrDb).toBeGreaterThan(whole.worstSqnrDb - 3);
      expect(one.bytesAfter).toBeLessThanOrEqual(one.bytesBefore);
    }
    expect(Math.min(...operators.map(({ worstSqnrDb }) => worstSqnrDb))).toBeLessThan(60);
    expect(operators.reduce((sum, { errorShare }) => sum + errorShare, 0)).toBeCloseTo(1, 9);
    expect(steps.at(-1)).toMatchObject({ stage: 'sensitivity', done: 18, total: 18 });
    // Nothing is left in the engine.
    expect(octolite.runtimeInfo().liveHandles).toBe(before);
  });

  test('prefix ends with the whole model, except begins near it', async () => {
    const { octolite, model } = context;
    const data = await pictures(6);
    const statistics = await octolite.calibrate(model, data);
    const options = { recipe: 'static_wi8_ai8', calibration: statistics, data } as const;
    const prefix = await octolite.sensitivity(model, { ...options, mode: 'prefix' });
    const last = prefix.operators.at(-1)!;
    expect(last.outputs).toEqual(prefix.whole.outputs);
    expect(last.fileBytes).toBe(prefix.whole.fileBytes);
    const sizes = prefix.operators.map(({ fileBytes }) => fileBytes);
    expect(sizes[0]!).toBeGreaterThan(2 * sizes.at(-1)!);

    const except = await octolite.sensitivity(model, {
      ...options,
      mode: 'except',
      operators: SOME,
    });
    expect(except.operators.map(({ op }) => op)).toEqual([0, 9, 16]);
    // A float operator is larger than an int8 one.
    for (const { fileBytes } of except.operators) {
      expect(fileBytes).toBeGreaterThan(except.whole.fileBytes);
    }
  });

  test('what is compared is what compare says', async () => {
    const { octolite, model } = context;
    const data = await pictures(5);
    const recipe = 'dynamic_wi8_afp32';
    const { whole } = await octolite.sensitivity(model, { recipe, data, operators: [] });
    const { bytes } = await octolite.quantize(model, { recipe });
    const small = octolite.loadModel(bytes);
    const { outputs } = await octolite.compare(model, small, data);
    small.dispose();
    expect(whole.fileBytes).toBe(bytes.byteLength);
    expect(whole.outputs[0]!.sqnrDb).toBeCloseTo(outputs[0]!.sqnrDb, 6);
    expect(whole.outputs[0]!.maxAbsError).toBeCloseTo(outputs[0]!.maxAbsError, 9);
  });

  test('can be stopped, and refuses what makes no sense', async () => {
    const { octolite, model } = context;
    const data = await pictures(2);
    const recipe = 'dynamic_wi8_afp32';
    const before = octolite.runtimeInfo().liveHandles;
    const abort = new AbortController();
    await refusal(
      () =>
        octolite.sensitivity(model, {
          recipe,
          data,
          signal: abort.signal,
          onProgress: ({ done }) => done === 2 && abort.abort(),
        }),
      'ABORTED',
    );
    await refusal(() => octolite.sensitivity(model, { recipe, data: [] }), 'INVALID_ARGUMENT');
    await refusal(
      () => octolite.sensitivity(model, { recipe, data, samples: 0 }),
      'INVALID_ARGUMENT',
    );
    await refusal(
      () => octolite.sensitivity(model, { recipe: 'static_wi8_ai8', data }),
      'NOT_CALIBRATED',
    );
    expect(octolite.runtimeInfo().liveHandles).toBe(before);
  });
});
