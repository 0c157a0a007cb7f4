import { describe, expect, test } from '@jest/globals';
import type { Progress, Sample } from 'octolite';
import { connectWorker } from 'octolite/worker';
import { withSampleModel } from './support/engine.js';
import { sampleModelBytes } from './support/files.js';

const context = withSampleModel();

const SAMPLES: Sample[] = Array.from({ length: 4 }, (_, i) => new Float32Array(4800).fill(i / 4));

/** Without a length: nobody knows how many will come. */
async function* stream(): AsyncGenerator<Sample> {
  for (const sample of SAMPLES) yield Promise.resolve(sample);
}

function watch(): { seen: Progress[]; onProgress: (progress: Progress) => void } {
  const seen: Progress[] = [];
  return { seen, onProgress: (progress) => void seen.push(progress) };
}

/** Every stage begins without an estimate, has one afterwards, and ends with none left. */
function expectEstimates(seen: readonly Progress[]): void {
  for (const stage of new Set(seen.map((progress) => progress.stage))) {
    const steps = seen.filter((progress) => progress.stage === stage);
    expect(steps[0]).not.toHaveProperty('remainingMs');
    for (const { done, total, remainingMs } of steps.slice(1)) {
      if (done === total) expect(remainingMs).toBe(0);
      else expect(remainingMs).toBeGreaterThan(0);
    }
    expect(steps.at(-1)!.remainingMs).toBe(0);
  }
}

describe('progress', () => {
  test('says how long the stage goes on, in every task', async () => {
    const { octolite, model } = context;
    const recipe = 'static_wi8_ai8';
    const quantizing = watch();
    const task = { recipe, calibration: SAMPLES } as const;
    const { bytes } = await octolite.quantize(model, { ...task, ...quantizing });
    expect(new Set(quantizing.seen.map(({ stage }) => stage))).toEqual(
      new Set(['calibrate', 'quantize']),
    );
    expectEstimates(quantizing.seen);
    const quantized = octolite.loadModel(bytes);
    const tasks: readonly ((options: {
      onProgress: (progress: Progress) => void;
    }) => Promise<unknown>)[] = [
      (options) => octolite.calibrate(model, SAMPLES, options),
      (options) => octolite.compare(model, quantized, SAMPLES, options),
      (options) => octolite.evaluate(model, SAMPLES, [0, 1, 2, 3], options),
      (options) => octolite.sensitivity(model, { ...task, data: SAMPLES, samples: 1, ...options }),
    ];
    for (const run of tasks) {
      const { seen, onProgress } = watch();
      await run({ onProgress });
      expect(seen.length).toBeGreaterThan(3);
      expectEstimates(seen);
    }
    quantized.dispose();
  });

  test('has none where the number of samples is not known', async () => {
    const { octolite, model } = context;
    const { seen, onProgress } = watch();
    await octolite.calibrate(model, stream(), { onProgress });
    expect(seen.map(({ done }) => done)).toEqual([0, 1, 2, 3, 4]);
    for (const progress of seen) {
      expect(progress).not.toHaveProperty('total');
      expect(progress).not.toHaveProperty('remainingMs');
    }
  });

  test('of a worker has them too', async () => {
    const worker = await connectWorker();
    const model = await worker.loadModel(sampleModelBytes());
    const { seen, onProgress } = watch();
    await worker.calibrate(model, SAMPLES, { onProgress, signal: new AbortController().signal });
    expectEstimates(seen);
    model.dispose();
    worker.terminate();
  });
});
