import { describe, expect, test } from '@jest/globals';
import type { AutoBudget, AutoResult } from 'octolite';
import { refusal } from './support/errors.js';
import { calibrationPictures, withSampleModel } from './support/engine.js';

const context = withSampleModel();

const pictures = (limit: number) => calibrationPictures(context, limit);

async function within(budget: AutoBudget, int4 = false): Promise<AutoResult> {
  const data = await pictures(12);
  return context.octolite.quantizeAuto(context.model, {
    budget,
    calibration: data,
    data,
    samples: 8,
    int4,
  });
}

async function plainSqnr(): Promise<number> {
  const data = await pictures(12);
  const { whole } = await context.octolite.sensitivity(context.model, {
    recipe: 'static_wi8_ai8',
    calibration: data,
    data,
    samples: 8,
    operators: [],
  });
  return whole.worstSqnrDb;
}

function schemes({ auto }: AutoResult): Set<string> {
  return new Set(auto.choices.map(({ scheme }) => scheme));
}

describe('mixed precision within a budget', () => {
  test('SQNR: what int8 reaches stays int8, more takes more exact operators', async () => {
    const { octolite, model } = context;
    const before = octolite.runtimeInfo().liveHandles;
    const int8 = await plainSqnr();
    const easy = await within({ sqnrDb: int8 - 1 });
    expect(schemes(easy)).toEqual(new Set(['static_wi8_ai8']));
    expect(easy.auto).toMatchObject({ reached: true, samples: 8 });

    const hard = await within({ sqnrDb: int8 + 10 });
    expect(hard.auto.reached).toBe(true);
    expect(hard.auto.measured.worstSqnrDb).toBeGreaterThanOrEqual(int8 + 10);
    expect(hard.bytes.length).toBeLessThan(model.byteLength);
    expect(schemes(hard).size).toBeGreaterThan(1);

    // Measured anew on the file itself.
    const data = await pictures(8);
    const quantized = octolite.loadModel(hard.bytes);
    const { outputs } = await octolite.compare(model, quantized, data);
    expect(outputs[0]!.sqnrDb).toBeCloseTo(hard.auto.measured.worstSqnrDb, 6);
    quantized.dispose();
    expect(octolite.runtimeInfo().liveHandles).toBe(before);
  });

  test('size: as exact as fits, int4 where it must', async () => {
    const { bytes } = await within({ sqnrDb: 0 });
    const limit = Math.floor(bytes.length * 0.85);
    const small = await within({ bytes: limit }, true);
    expect(small.auto.reached).toBe(true);
    expect(small.bytes.length).toBeLessThanOrEqual(limit);
    expect(schemes(small)).toContain('static_wi4_ai8');
    const impossible = await within({ bytes: 1000 }, true);
    expect(impossible.auto.reached).toBe(false);
  });

  test('the recipe makes the same model again', async () => {
    const { octolite, model } = context;
    const { auto, bytes, statistics } = await within({ sqnrDb: (await plainSqnr()) + 6 });
    const again = await octolite.quantize(model, {
      recipe: auto.recipe,
      calibration: statistics,
    });
    expect(Buffer.compare(again.bytes, bytes)).toBe(0);
  });

  test('top-1 against labels', async () => {
    const data = await pictures(12);
    const labels = new Array<number>(12).fill(0);
    const result = await context.octolite.quantizeAuto(context.model, {
      budget: { top1Drop: 0.5, labels },
      calibration: data,
      data,
      samples: 12,
    });
    expect(result.auto.reached).toBe(true);
    expect(result.auto.floatTop1! - result.auto.top1!).toBeLessThanOrEqual(0.5);
  });

  test('refusals', async () => {
    await refusal(() => within({}), 'INVALID_ARGUMENT');
    await refusal(() => within({ sqnrDb: 3, bytes: 3 }), 'INVALID_ARGUMENT');
    await refusal(() => within({ top1Drop: 0.1 }), 'INVALID_ARGUMENT');
  });
});

describe('targets', () => {
  async function forTarget(target: string, recipe: string) {
    return context.octolite.quantize(context.model, {
      recipe,
      target: target as 'litert',
      calibration: await pictures(4),
    });
  }

  test('an NPU with one scale for all weights', async () => {
    const { octolite } = context;
    const { bytes, report } = await forTarget('npu-per-tensor', 'static_wi8_ai8');
    expect(report.misfits).toEqual([]);
    const quantized = octolite.loadModel(bytes);
    expect(octolite.inspect(quantized).perChannel).toBe(false);
    quantized.dispose();
  });

  test('the Edge TPU takes nothing but static int8', async () => {
    const { report } = await forTarget('edgetpu', 'dynamic_wi8_afp32');
    expect(report.misfits!.length).toBeGreaterThan(0);
    expect(report.misfits![0]!.reason).toMatch(/static/);
    expect(report.operators.every(({ mode }) => mode === 'float')).toBe(true);
    const full = await forTarget('edgetpu', 'static_wi8_ai8');
    expect(full.report.misfits).toEqual([]);
  });

  test('tflite-micro has no dynamic kernels, and 4 bits where they are', async () => {
    const dynamic = await forTarget('tflite-micro', 'dynamic_wi8_afp32');
    expect(dynamic.report.misfits![0]!.reason).toMatch(/float input/);
    const packed = await forTarget('tflite-micro', 'static_wi4_ai8');
    expect(packed.report.misfits).toEqual([]);
    expect(packed.report.operators.some(({ scheme }) => scheme === 'static_wi4_ai8')).toBe(true);
  });

  test('an unknown one is refused', async () => {
    await refusal(() => forTarget('toaster', 'static_wi8_ai8'), 'INVALID_ARGUMENT');
  });
});
