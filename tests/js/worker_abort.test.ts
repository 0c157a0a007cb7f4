import { describe, expect, jest, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { randomSamples, type CallOptions, type Model, type Sample } from 'octolite';
import { connectWorker, type NodeWorker, type OctoliteWorker } from 'octolite/worker';
import { refusal } from './support/errors.js';
import { sampleModelBytes } from './support/files.js';
import { connections, spiedWorkers, stubWorker } from './support/workers.js';

const connect = connections();
const PIXELS = new Float32Array(4800).fill(0.5);

function aborted(): AbortSignal {
  return AbortSignal.abort(new Error('changed my mind'));
}

/** Waits until what was given up has been cleaned away: calls are answered in order. */
async function handlesLeft(worker: OctoliteWorker, expected: number): Promise<number> {
  let left = NaN;
  for (let i = 0; i < 100 && left !== expected; ++i) {
    left = (await worker.runtimeInfo()).liveHandles;
  }
  return left;
}

async function samplesFor(worker: OctoliteWorker, model: Model, count: number): Promise<Sample[]> {
  return [...randomSamples((await worker.inspect(model)).inputs, count)];
}

describe('a signal that was aborted before', () => {
  test('keeps every call from being made', async () => {
    const { made, createWorker } = spiedWorkers();
    const worker = await connect.worker({ createWorker });
    const model = await worker.loadModel(sampleModelBytes());
    const interpreter = await worker.createInterpreter(model);
    const data = await samplesFor(worker, model, 2);
    const recipe = 'static_wi8_ai8';
    const calls: ((options: CallOptions) => Promise<unknown>)[] = [
      (o) => worker.runtimeInfo(o),
      (o) => worker.loadModel(sampleModelBytes(), o),
      (o) => worker.inspect(model, o),
      (o) => worker.createInterpreter(model, o),
      (o) => worker.calibrate(model, data, o),
      (o) => worker.quantize(model, { recipe, calibration: data, ...o }),
      (o) => worker.quantizeAuto(model, { budget: { sqnrDb: 20 }, calibration: data, data, ...o }),
      (o) => worker.sensitivity(model, { recipe, calibration: data, data, ...o }),
      (o) => worker.debug(model, { recipe, calibration: data, data, ...o }),
      (o) => worker.quantizeStream(new Blob([]), { write: () => undefined }, { recipe, ...o }),
      (o) => worker.compare(model, model, data, o),
      (o) => worker.evaluate(model, data, [0, 1], o),
      (o) => worker.benchmark(model, o),
      (o) => worker.prune(model, { share: 0.5, ...o }),
      (o) => worker.cluster(model, { clusters: 4, ...o }),
      (o) => worker.compressForMicro(model, o),
      (o) => worker.decompress(model, o),
      (o) => worker.analyzeCompanding(model, o),
      (o) => worker.compandingLevels('linear', 4, 1, o),
      (o) => worker.codebook([1, 2, 3], 2, o),
      (o) => interpreter.allocateTensors(o),
      (o) => interpreter.resizeInputTensor(0, [1, 40, 40, 3], o),
      (o) => interpreter.getInputDetails(o),
      (o) => interpreter.getOutputDetails(o),
      (o) => interpreter.setTensor(0, PIXELS, o),
      (o) => interpreter.invoke(o),
      (o) => interpreter.getTensor(0, o),
      (o) => interpreter.run(PIXELS, o),
      (o) => interpreter.resetVariableTensors(o),
      (o) => interpreter.getSignatureList(o),
      (o) => interpreter.getSignatureRunner(undefined, o),
    ];
    const before = made[0]!.sent.length;
    for (const call of calls) {
      const error = await refusal(() => call({ signal: aborted() }), 'ABORTED');
      expect((error as unknown as Error).cause).toMatchObject({ message: 'changed my mind' });
    }
    expect(made[0]!.sent).toHaveLength(before);
    expect((await worker.runtimeInfo()).liveHandles).toBe(2);
  });

  test('moves no memory', async () => {
    const worker = await connect.worker();
    const bytes = new Uint8Array(sampleModelBytes());
    const options = { transfer: true, signal: aborted() };
    await refusal(() => worker.loadModel(bytes, options), 'ABORTED');
    expect(bytes).toHaveLength(sampleModelBytes().length);
  });
});

describe('an abort while a call is made', () => {
  test('leaves no model and no interpreter behind', async () => {
    const worker = await connect.worker();
    const model = await worker.loadModel(sampleModelBytes());
    const abort = new AbortController();
    const { signal } = abort;
    const calls = [
      worker.loadModel(sampleModelBytes(), { signal }),
      worker.createInterpreter(model, { signal }),
    ];
    const refused = calls.map((call) => refusal(() => call, 'ABORTED'));
    abort.abort();
    await Promise.all(refused);
    expect(await handlesLeft(worker, 1)).toBe(1);
  });

  test('does not wait for the worker', async () => {
    const worker = await connect.worker({ createWorker: stubWorker(''), abortGraceMs: 1e6 });
    const abort = new AbortController();
    const calls = [
      worker.loadModel(sampleModelBytes(), { signal: abort.signal }),
      worker.runtimeInfo({ signal: abort.signal }),
      worker.codebook([1, 2], 1, { signal: abort.signal }),
    ];
    const refused = calls.map((call) => refusal(() => call, 'ABORTED'));
    abort.abort();
    await Promise.all(refused);
    expect(worker.stopped).toBe(false);
  });

  test('is of no interest to other calls', async () => {
    const worker = await connect.worker();
    const model = await worker.loadModel(sampleModelBytes());
    const interpreter = await worker.createInterpreter(model);
    const expected = await interpreter.run(PIXELS);
    const abort = new AbortController();
    const given = interpreter.run(PIXELS, { signal: abort.signal });
    const others = Array.from({ length: 5 }, () => interpreter.run(PIXELS));
    const refused = refusal(() => given, 'ABORTED');
    abort.abort();
    await refused;
    for (const other of others) expect(await other).toEqual(expected);
  });

  test('ends a task, which cleans up and is silent', async () => {
    const worker = await connect.worker();
    const model = await worker.loadModel(sampleModelBytes());
    const data = await samplesFor(worker, model, 50);
    const tasks: ((options: object) => Promise<unknown>)[] = [
      (o) => worker.calibrate(model, data, o),
      (o) => worker.quantize(model, { recipe: 'static_wi8_ai8', calibration: data, ...o }),
      (o) => worker.compare(model, model, data, o),
      (o) => worker.evaluate(model, data, new Int32Array(50), { against: model, ...o }),
      (o) => worker.benchmark(model, { runs: 1000, ...o }),
    ];
    for (const task of tasks) {
      const abort = new AbortController();
      let last = 0;
      const onProgress = ({ done }: { done: number }): void => {
        last = done;
        if (done === 3) abort.abort();
      };
      await refusal(() => task({ signal: abort.signal, onProgress }), 'ABORTED');
      expect(await handlesLeft(worker, 1)).toBe(1);
      expect(last).toBe(3);
    }
    expect(worker.stopped).toBe(false);
  });

  test('does not wait for data that never comes, nor stop the worker for it', async () => {
    const worker = await connect.worker();
    const model = await worker.loadModel(sampleModelBytes());
    const abort = new AbortController();
    const never = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          setTimeout(() => abort.abort(), 0);
          return new Promise<IteratorResult<Sample>>(() => undefined);
        },
      }),
    };
    await refusal(() => worker.calibrate(model, never, { signal: abort.signal }), 'ABORTED');
    expect(await handlesLeft(worker, 1)).toBe(1);
    expect(worker.stopped).toBe(false);
  });
});

test('many calls with one signal add one listener to it', async () => {
  const pool = await connect.pool({ workers: 3 });
  const { signal } = new AbortController();
  const listeners = jest.spyOn(signal, 'addEventListener');
  const model = await pool.loadModel(sampleModelBytes(), { signal });
  const data = await samplesFor(pool, model, 12);
  await Promise.all([
    ...Array.from({ length: 20 }, () => pool.inspect(model, { signal })),
    pool.calibrate(model, data, { signal }),
  ]);
  expect(listeners).toHaveBeenCalledTimes(1);
});

test('an abort afterwards does nothing', async () => {
  const worker = await connect.worker({ abortGraceMs: 0 });
  const abort = new AbortController();
  const { signal } = abort;
  const model = await worker.loadModel(sampleModelBytes(), { signal });
  const interpreter = await worker.createInterpreter(model, { signal });
  const data = await samplesFor(worker, model, 2);
  await worker.calibrate(model, data, { signal });
  abort.abort();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await interpreter.run(PIXELS)).toBeDefined();
  expect(await worker.calibrate(model, data)).toBeDefined();
});

describe('connecting', () => {
  class Silent extends EventEmitter implements NodeWorker {
    posted = 0;
    terminated = 0;

    postMessage(): void {
      ++this.posted;
    }

    terminate(): void {
      ++this.terminated;
    }
  }

  test('is not begun with a signal that was aborted', async () => {
    let made = 0;
    const createWorker = (): NodeWorker => {
      ++made;
      return new Silent();
    };
    await refusal(() => connectWorker({ createWorker, signal: aborted() }), 'ABORTED');
    expect(made).toBe(0);
  });

  test('stops the worker when it is aborted', async () => {
    const worker = new Silent();
    const abort = new AbortController();
    const connecting = connectWorker({ createWorker: () => worker, signal: abort.signal });
    await Promise.resolve();
    abort.abort();
    await refusal(() => connecting, 'ABORTED');
    expect(worker.terminated).toBe(1);
  });
});
