/** Whatever is done with models, disposing of them brings the memory back to what it was. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { load, randomSamples, type Octolite } from 'octolite';
import { hasShared, sampleModelBytes, shared } from './support/files.js';

const WARM_CYCLES = 5;

/** Cycles that leave nothing behind, not even a byte, once the first ones are over. */
async function leavesNothing(
  cycle: (octolite: Octolite) => Promise<void>,
  cycles: number,
): Promise<void> {
  const octolite = await load();
  for (let i = 0; i < WARM_CYCLES; ++i) await cycle(octolite);
  const { memoryBytes, allocatedBytes, liveHandles } = octolite.runtimeInfo();
  expect(liveHandles).toBe(0);
  expect(allocatedBytes).toBeLessThan(memoryBytes);
  for (let i = 0; i < cycles; ++i) await cycle(octolite);
  expect(octolite.runtimeInfo()).toMatchObject({ memoryBytes, allocatedBytes, liveHandles });
}

/** Load, quantize, run, compare, dispose. */
function work(bytes: Uint8Array): (octolite: Octolite) => Promise<void> {
  return async (octolite) => {
    const model = octolite.loadModel(bytes);
    const samples = [...randomSamples(octolite.inspect(model).inputs, 1)];
    const made = await octolite.quantize(model, { recipe: 'static_wi8_ai8', calibration: samples });
    const quantized = octolite.loadModel(made.bytes);
    const interpreter = octolite.createInterpreter(quantized);
    const before = octolite.runtimeInfo().allocatedBytes;
    interpreter.run(samples[0]!);
    expect(octolite.runtimeInfo().allocatedBytes).toBeGreaterThan(before);
    await octolite.compare(model, quantized, samples);
    expect(octolite.runtimeInfo().liveHandles).toBe(3);
    interpreter.dispose();
    quantized.dispose();
    model.dispose();
  };
}

describe('100 times', () => {
  test('the sample model', () => leavesNothing(work(sampleModelBytes()), 100));

  for (const name of ['resnet8_cifar10_float', 'toycar_ad_float']) {
    const path = `models/${name}.tflite`;
    (hasShared(path) ? test : test.skip)(name, () =>
      leavesNothing(work(readFileSync(shared(path))), 100),
    );
  }
});

test('what tasks make meanwhile is counted, and gone at their end', async () => {
  const bytes = sampleModelBytes();
  let most = 0;
  await leavesNothing(async (octolite) => {
    const model = octolite.loadModel(bytes);
    const samples = [...randomSamples(octolite.inspect(model).inputs, 4)];
    const onProgress = () => (most = Math.max(most, octolite.runtimeInfo().liveHandles));
    const recipe = 'static_wi8_ai8';
    await octolite.quantize(model, {
      recipe,
      calibration: samples,
      recover: ['equalize', 'bias'],
      prune: 0.2,
      cluster: 32,
      onProgress,
    });
    await octolite.sensitivity(model, { recipe, calibration: samples, data: samples, samples: 1 });
    await octolite.benchmark(model, { runs: 1, warmup: 0 });
    const source = { size: bytes.length, read: (at: number, n: number) => bytes.slice(at, at + n) };
    const sink = { write: () => undefined };
    await octolite.quantizeStream(source, sink, { recipe: 'dynamic_wi8_afp32', onProgress });
    // Aborted in the middle, or refused.
    const controller = new AbortController();
    const abort = () => controller.abort();
    const { signal } = controller;
    const task = { recipe, calibration: samples, signal, onProgress: abort };
    await expect(octolite.quantize(model, task)).rejects.toMatchObject({ code: 'ABORTED' });
    const none = { recipe, calibration: [] };
    await expect(octolite.quantize(model, none)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(() => octolite.loadModel(bytes.subarray(0, 1000))).toThrow();
    model.dispose();
  }, 3);
  // Model, pruned, equalized, quantized, and the reconstructor.
  expect(most).toBe(5);
});
