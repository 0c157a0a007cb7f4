import { describe, expect, test } from '@jest/globals';
import type { Progress, QuantizeOptions, QuantizeResult } from 'octolite';
import { refusal } from './support/errors.js';
import { calibrationPictures, withSampleModel } from './support/engine.js';

const context = withSampleModel();

const pictures = (limit: number) => calibrationPictures(context, limit);

/** Quantizes with half of the pictures; the error on the others. */
async function quantized(
  options: Pick<QuantizeOptions, 'recipe' | 'recover' | 'onProgress'>,
): Promise<QuantizeResult & { sqnrDb: number }> {
  const { octolite, model } = context;
  const samples = await pictures(48);
  const result = await octolite.quantize(model, { ...options, calibration: samples.slice(0, 32) });
  using small = octolite.loadModel(result.bytes);
  const { outputs } = await octolite.compare(model, small, samples.slice(32));
  return { ...result, sqnrDb: outputs[0]!.sqnrDb };
}

describe('recovery', () => {
  test('all passes: a better model of the same size, and what was done', async () => {
    const before = context.octolite.runtimeInfo().liveHandles;
    const steps: Progress[] = [];
    const plain = await quantized({ recipe: 'static_wi8_ai8' });
    const better = await quantized({
      recipe: 'static_wi8_ai8',
      recover: 'all',
      onProgress: (progress) => steps.push(progress),
    });
    expect(better.sqnrDb).toBeGreaterThan(plain.sqnrDb);
    expect(better.bytes.byteLength).toBe(plain.bytes.byteLength);
    expect(plain.report.recovery).toBeUndefined();
    const { tensors, layers, verdict } = better.report.recovery!;
    expect(verdict).toMatchObject({ samples: 8, kept: true });
    expect(verdict!.sqnrDb).toBeGreaterThan(verdict!.plainSqnrDb);
    expect(layers.length).toBeGreaterThan(5);
    expect(layers.some(({ roundedChannels }) => roundedChannels > 0)).toBe(true);
    expect(layers.some(({ correctedChannels }) => correctedChannels > 0)).toBe(true);
    for (const { noiseRatio } of tensors) expect(noiseRatio).toBeLessThanOrEqual(1);
    expect(steps.filter(({ stage }) => stage === 'recover').at(-1)).toEqual({
      stage: 'recover',
      done: layers.length,
      total: layers.length,
      remainingMs: 0,
    });
    expect(context.octolite.runtimeInfo().liveHandles).toBe(before);
  });

  test('weights of 4 bits gain most, without statistics for activations', async () => {
    const plain = await quantized({ recipe: 'weight_only_wi4_afp32' });
    const better = await quantized({
      recipe: 'weight_only_wi4_afp32',
      recover: ['bias', 'rounding'],
    });
    expect(better.sqnrDb).toBeGreaterThan(plain.sqnrDb + 3);
    expect(better.statistics).toBeUndefined();
  });

  test('passes that are not there, and data that does not serve, are refused', async () => {
    const { octolite, model } = context;
    const calibration = await pictures(4);
    const recipe = 'static_wi8_ai8' as const;
    const recover = ['magic'] as unknown as ['bias'];
    const statistics = await octolite.calibrate(model, calibration);
    for (const options of [
      { recipe, recover, calibration },
      { recipe, recover: 'all' as const, calibration: statistics },
      { recipe, recover: ['rounding'] as const, prune: 0.5, calibration },
    ]) {
      await refusal(() => octolite.quantize(model, options), 'INVALID_ARGUMENT');
    }
  });
});
