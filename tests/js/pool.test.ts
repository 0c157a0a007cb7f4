import { describe, expect, test } from '@jest/globals';
import { availableParallelism } from 'node:os';
import {
  randomSamples,
  statisticsToJson,
  type CalibrationStatistics,
  type Dataset,
  type Progress,
  type Sample,
} from 'octolite';
import { connectPool, connectWorker, type OctoliteWorker } from 'octolite/worker';
import { calibrationPictures, samplePictures, withSampleModel } from './support/engine.js';
import { refusal } from './support/errors.js';
import { sampleModelBytes } from './support/files.js';
import { counterModel, modelOf } from './support/make_models.js';
import { connections, spiedWorkers, type SpiedWorker } from './support/workers.js';

const connect = connections();
const context = withSampleModel();

async function pictures(limit: number): Promise<{ data: Sample[]; labels: Int32Array }> {
  const { labels } = await samplePictures(context, 'calibration', limit);
  return { data: await calibrationPictures(context, limit), labels };
}

/** As they are saved: all but what depends on the order of the samples. */
function text(statistics: CalibrationStatistics): string {
  return statisticsToJson(statistics);
}

/** Two signatures, each y = x + x. */
function twoSignatures(): Uint8Array {
  const half = (name: string) => ({
    tensors: [
      { name: `${name}_x`, type: 'float32' as const, shape: [4] },
      { name: `${name}_y`, type: 'float32' as const, shape: [4] },
    ],
    inputs: [0],
    outputs: [1],
    operators: [{ op: 'add' as const, inputs: [0, 0], outputs: [1] }],
  });
  const signature = (key: string, subgraph: number) => ({
    key,
    subgraph,
    inputs: { [key]: 0 },
    outputs: { y: 1 },
  });
  return modelOf([half('a'), half('b')], [signature('a', 0), signature('b', 1)]);
}

describe('a pool does what one worker does', () => {
  test.each([1, 3])('calibration, quantization, evaluation: %i workers', async (workers) => {
    const { octolite, model: here } = context;
    const { data, labels } = await pictures(10);
    const pool = await connect.pool({ workers });
    expect(pool.workers).toBe(workers);
    const model = await pool.loadModel(sampleModelBytes());
    const statistics = await pool.calibrate(model, data);
    expect(text(statistics)).toBe(text(await octolite.calibrate(here, data)));
    for (const observer of ['min_max', 'mse', 'moving_average'] as const) {
      const options = { recipe: 'static_wi8_ai8', calibration: data, observer };
      const { bytes } = await pool.quantize(model, options);
      expect(bytes).toEqual((await octolite.quantize(here, options)).bytes);
    }
    const { bytes } = await octolite.quantize(here, {
      recipe: 'static_wi8_ai8',
      calibration: data,
      inputType: 'int8',
    });
    const small = octolite.loadModel(bytes);
    expect(
      await pool.evaluate(model, data, labels, { against: await pool.loadModel(bytes) }),
    ).toEqual(await octolite.evaluate(here, data, labels, { against: small }));
    small.dispose();
  });

  test('all signatures', async () => {
    const { octolite } = context;
    const samples = Array.from({ length: 9 }, (_, i) => ({
      [i % 3 ? 'a' : 'b']: Float32Array.from({ length: 4 }, (_value, k) => Math.sin(i + k)),
    }));
    const pool = await connect.pool({ workers: 2 });
    const model = await pool.loadModel(twoSignatures());
    const options = { signature: '*' };
    const here = octolite.loadModel(twoSignatures());
    expect(text(await pool.calibrate(model, samples, options))).toBe(
      text(await octolite.calibrate(here, samples, options)),
    );
    here.dispose();
  });

  test('recovery, pruning and searches', async () => {
    const { octolite, model: here } = context;
    const { data } = await pictures(6);
    const pool = await connect.pool({ workers: 2 });
    const model = await pool.loadModel(sampleModelBytes());
    const recipe = 'static_wi8_ai8';
    for (const extra of [{ recover: ['bias', 'smooth'] as const }, { prune: 0.3 }]) {
      const options = { recipe, calibration: data, ...extra };
      const quantized = await pool.quantize(model, options);
      expect(quantized.bytes).toEqual((await octolite.quantize(here, options)).bytes);
    }
    const auto = { budget: { sqnrDb: 25 }, calibration: data, data: data.slice(0, 2) };
    expect((await pool.quantizeAuto(model, auto)).bytes).toEqual(
      (await octolite.quantizeAuto(here, auto)).bytes,
    );
    expect(await pool.compare(model, model, data)).toEqual(
      await octolite.compare(here, here, data),
    );
  });

  test('a model that keeps state gets its samples in order, in one worker', async () => {
    const { octolite } = context;
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 2, createWorker });
    const model = await pool.loadModel(counterModel());
    const samples = Array.from({ length: 7 }, (_, i) => Float32Array.of(i));
    const here = octolite.loadModel(counterModel());
    expect(text(await pool.calibrate(model, samples))).toBe(
      text(await octolite.calibrate(here, samples)),
    );
    expect(made.map((worker) => worker.calls('calibrateSample').length)).toEqual([7, 0]);
    here.dispose();
  });
});

describe('samples', () => {
  /** Samples of the model that count how many are on their way. */
  async function watched(
    worker: OctoliteWorker,
    count: number,
  ): Promise<{ data: Dataset; onProgress: (progress: Progress) => void; most: () => number }> {
    const model = await worker.loadModel(sampleModelBytes());
    const { inputs } = await worker.inspect(model);
    let [given, done, most] = [0, 0, 0];
    return {
      data: (async function* () {
        for (const sample of randomSamples(inputs, count)) {
          ++given;
          most = Math.max(most, given - done);
          yield await Promise.resolve(sample);
        }
      })(),
      onProgress: (progress) => (done = progress.done),
      most: () => most,
    };
  }

  test('go to all workers, two each at a time', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 3, createWorker });
    const model = await pool.loadModel(sampleModelBytes());
    const { data, onProgress, most } = await watched(pool, 30);
    const seen: Progress[] = [];
    await pool.calibrate(model, data, {
      onProgress: (progress) => {
        seen.push(progress);
        onProgress(progress);
      },
    });
    expect(most()).toBe(6);
    const shares = made.map((worker) => worker.calls('calibrateSample').length);
    expect(Math.min(...shares)).toBeGreaterThan(1);
    expect(shares.reduce((sum, share) => sum + share)).toBe(30);
    expect(seen.map(({ done }) => done)).toEqual(Array.from({ length: 31 }, (_, i) => i));
  });

  test('that one worker is long at do not hold up the others', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 2, createWorker });
    const model = await pool.loadModel(sampleModelBytes());
    const { data } = await pictures(12);
    const slow = made[1]!;
    slow.hold('calibrateSample');
    await pool.calibrate(model, data, {
      onProgress: ({ done }) => {
        if (done === 10) slow.letGo();
      },
    });
    expect(made.map((worker) => worker.calls('calibrateSample').length)).toEqual([10, 2]);
  });

  test('the first bad one is what is refused, whoever has it', async () => {
    const { octolite, model: here } = context;
    const { data, labels } = await pictures(12);
    const bad = data.with(4, new Float32Array(5)).with(7, new Float32Array(7));
    const { message } = await refusal(() => octolite.calibrate(here, bad), 'SHAPE_MISMATCH');
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 3, createWorker });
    const model = await pool.loadModel(sampleModelBytes());
    const there = await refusal(() => pool.calibrate(model, bad), 'SHAPE_MISMATCH');
    expect(there.message).toBe(message);
    await refusal(() => pool.evaluate(model, data, labels.slice(0, 7)), 'INVALID_ARGUMENT');
    await refusal(() => pool.evaluate(model, data.slice(0, 3), labels), 'INVALID_ARGUMENT');
    await refusal(() => pool.calibrate(model, []), 'INVALID_ARGUMENT');
    await refusal(() => pool.calibrate(model, data[0] as unknown as Dataset), 'INVALID_ARGUMENT');
    for (const worker of made) expectNothingKept(worker);
  });

  test('what their source throws arrives, and the source is closed', async () => {
    const pool = await connect.pool({ workers: 2 });
    const model = await pool.loadModel(sampleModelBytes());
    const { data } = await pictures(3);
    const failing = (function* () {
      yield* data;
      throw new RangeError('no more film');
    })();
    await expect(pool.calibrate(model, failing)).rejects.toThrow('no more film');
    let closed = false;
    const endless = (function* () {
      try {
        for (;;) yield new Float32Array(5);
      } finally {
        closed = true;
      }
    })();
    await refusal(() => pool.calibrate(model, endless), 'SHAPE_MISMATCH');
    expect(closed).toBe(true);
  });
});

/** That what was made for a task, in this worker, was given back. */
function expectNothingKept(worker: SpiedWorker): void {
  const made = ['createCalibrator', 'createInterpreter'].flatMap((call) => worker.calls(call));
  expect(made.length).toBeGreaterThan(0);
  expect(worker.calls('dispose')).toHaveLength(made.length);
}

describe('stopping', () => {
  test('an abort rejects at once and leaves nothing in any worker', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 2, createWorker });
    const model = await pool.loadModel(sampleModelBytes());
    const { data } = await pictures(40);
    const abort = new AbortController();
    let last = 0;
    const onProgress = ({ done }: Progress): void => {
      last = done;
      if (done === 5) abort.abort();
    };
    const options = { signal: abort.signal, onProgress };
    await refusal(() => pool.calibrate(model, data, options), 'ABORTED');
    // What goes on behind it ends with the samples that are being worked on.
    expect(text(await pool.calibrate(model, data))).toBe(
      text(await context.octolite.calibrate(context.model, data)),
    );
    expect(last).toBe(5);
    for (const worker of made) expectNothingKept(worker);
    expect(pool.stopped).toBe(false);
  });

  test('when one worker ends, the task says so and the pool ends', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 3, createWorker });
    const model = await pool.loadModel(sampleModelBytes());
    const { data } = await pictures(40);
    const onProgress = ({ done }: Progress): void => {
      if (done === 5) void made[2]!.terminate();
    };
    const { message } = await refusal(
      () => pool.calibrate(model, data, { onProgress }),
      'WORKER_STOPPED',
    );
    expect(message).toContain('worker');
    expect(pool.stopped).toBe(true);
    expect(made.map(({ terminated }) => terminated)).toEqual([true, true, true]);
    const later = await refusal(() => pool.inspect(model), 'WORKER_STOPPED');
    expect(later.message).toContain('another worker of the pool');
    model.dispose();
  });

  test('terminate ends all workers', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connectPool({ workers: 2, createWorker });
    const model = await pool.loadModel(sampleModelBytes());
    const task = pool.calibrate(model, (await pictures(40)).data);
    const refused = refusal(() => task, 'WORKER_STOPPED');
    pool.terminate();
    await refused;
    expect(made.map(({ terminated }) => terminated)).toEqual([true, true]);
  });
});

describe('models', () => {
  test('are in every worker until they are disposed of', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 3, createWorker });
    const bytes = new Uint8Array(sampleModelBytes());
    const model = await pool.loadModel(bytes, { transfer: true });
    expect(bytes).toHaveLength(0);
    for (const worker of made) expect(worker.calls('loadModel')).toHaveLength(1);
    model.dispose();
    await pool.runtimeInfo();
    for (const worker of made) expect(worker.calls('dispose')).toHaveLength(1);
    await refusal(() => pool.calibrate(model, []), 'DISPOSED');
    const other = await connect.worker();
    const foreign = await other.loadModel(sampleModelBytes());
    await refusal(() => pool.calibrate(foreign, []), 'INVALID_ARGUMENT');
  });

  test('that cannot be loaded, or are aborted, are in none', async () => {
    const { made, createWorker } = spiedWorkers();
    const pool = await connect.pool({ workers: 2, createWorker });
    await refusal(() => pool.loadModel(new Uint8Array(9)), 'INVALID_MODEL');
    const abort = new AbortController();
    const loading = pool.loadModel(sampleModelBytes(), { signal: abort.signal });
    const refused = refusal(() => loading, 'ABORTED');
    abort.abort();
    await refused;
    const model = await pool.loadModel(sampleModelBytes());
    for (const worker of made) expect(worker.calls('dispose')).toHaveLength(1);
    expect((await pool.runtimeInfo()).liveHandles).toBe(1);
    model.dispose();
  });
});

describe('connecting', () => {
  test('as many workers as asked for, or as there are processors, up to four', async () => {
    const pool = await connect.pool();
    expect(pool.workers).toBe(Math.min(4, availableParallelism()));
    expect(pool.info).toEqual((await connect.worker()).info);
    for (const workers of [0, 65, 1.5, NaN, '2' as unknown as number]) {
      await refusal(() => connectPool({ workers }), 'INVALID_ARGUMENT');
    }
  });

  test('fails as a whole, with what failed first', async () => {
    const { made, createWorker } = spiedWorkers();
    const options = { workers: 2, createWorker, wasmBinary: new Uint8Array(4) };
    const { message } = await refusal(() => connectPool(options), 'WASM_UNAVAILABLE');
    const alone = await refusal(() => connectWorker(options), 'WASM_UNAVAILABLE');
    expect(message).toBe(alone.message);
    expect(made.map(({ terminated }) => terminated)).toEqual([true, true, true]);
    await refusal(() => connectPool({ workers: 2, signal: AbortSignal.abort() }), 'ABORTED');
  });
});
