import { describe, expect, test } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import { load, randomSamples, type Sample } from 'octolite';
import { connectWorker } from 'octolite/worker';
import { refusal } from './support/errors.js';
import { sampleModelBytes } from './support/files.js';
import { connections } from './support/workers.js';

const { worker: connect } = connections();
const PIXELS = new Float32Array(4800).fill(0.5);

describe('a worker', () => {
  test('does what the library does here', async () => {
    const octolite = await load();
    const here = octolite.loadModel(sampleModelBytes());
    const worker = await connect();
    expect(worker.info).toMatchObject({ variant: octolite.runtimeInfo().variant });
    const there = await worker.loadModel(sampleModelBytes());
    expect(await worker.inspect(there)).toEqual(octolite.inspect(here));

    const samples = [...randomSamples(octolite.inspect(here).inputs, 3)];
    const options = { recipe: 'static_wi8_ai8', calibration: samples } as const;
    const quantized = await worker.quantize(there, options);
    expect(quantized).toEqual(await octolite.quantize(here, options));
    const small = await worker.loadModel(quantized.bytes);
    expect(await worker.compare(there, small, samples)).toEqual(
      await octolite.compare(here, octolite.loadModel(quantized.bytes), samples),
    );
    expect(await worker.evaluate(there, samples, [1, 2, 3])).toEqual(
      await octolite.evaluate(here, samples, [1, 2, 3]),
    );
    expect((await worker.benchmark(there, { runs: 2 })).runs).toBe(2);
  });

  test('has an interpreter with the same names', async () => {
    const worker = await connect();
    const model = await worker.loadModel(sampleModelBytes());
    const interpreter = await worker.createInterpreter(model);
    await interpreter.allocateTensors();
    const [input] = await interpreter.getInputDetails();
    const [output] = await interpreter.getOutputDetails();
    await interpreter.setTensor(input!.index, PIXELS);
    await interpreter.invoke();
    const scores = await interpreter.getTensor(output!.index);
    expect(await interpreter.run(PIXELS)).toEqual({ [output!.name]: scores });
    // The caller's array was copied, not moved.
    expect(PIXELS).toHaveLength(4800);
    await interpreter.resizeInputTensor(input!.index, [2, 40, 40, 3]);
    expect((await interpreter.getInputDetails())[0]!.shape).toEqual([2, 40, 40, 3]);
    interpreter.dispose();
    model.dispose();
    expect((await worker.runtimeInfo()).liveHandles).toBe(0);
    await refusal(() => interpreter.invoke(), 'DISPOSED');
  });

  test('moves the bytes of a model when asked to', async () => {
    const worker = await connect();
    const bytes = new Uint8Array(sampleModelBytes());
    const model = await worker.loadModel(bytes, { transfer: true });
    expect(bytes).toHaveLength(0);
    expect(model.byteLength).toBe(sampleModelBytes().length);
  });

  test('answers many calls at once, each to its caller', async () => {
    const worker = await connect();
    const model = await worker.loadModel(sampleModelBytes());
    const interpreter = await worker.createInterpreter(model);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => interpreter.run(new Float32Array(4800).fill(i / 50))),
    );
    for (const [i, result] of results.entries()) {
      expect(await interpreter.run(new Float32Array(4800).fill(i / 50))).toEqual(result);
    }
  });

  test('hands over errors with all they know', async () => {
    const worker = await connect();
    const error = await refusal(() => worker.loadModel(new Uint8Array(100)), 'INVALID_MODEL');
    const octolite = await load();
    const here = await refusal(() => octolite.loadModel(new Uint8Array(100)), 'INVALID_MODEL');
    expect(error.message).toBe(here.message);
    expect(error.details).toEqual(here.details);
    const model = await worker.loadModel(sampleModelBytes());
    await refusal(
      () => worker.calibrate(model, [(() => undefined) as unknown as Sample]),
      'INVALID_ARGUMENT',
    );
  });

  test('stops a task between samples and goes on working', async () => {
    const worker = await connect();
    const model = await worker.loadModel(sampleModelBytes());
    const { inputs } = await worker.inspect(model);
    const abort = new AbortController();
    let last = 0;
    await refusal(
      () =>
        worker.calibrate(model, randomSamples(inputs, 100000), {
          signal: abort.signal,
          onProgress: ({ done }) => {
            last = done;
            if (done === 5) abort.abort();
          },
        }),
      'ABORTED',
    );
    expect(last).toBe(5);
    expect(worker.stopped).toBe(false);
    await worker.inspect(model);
  });

  test('is stopped when it does not stop by itself', async () => {
    const script = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', (request) => {
        if ('start' in request) parentPort.postMessage({ id: request.id, value: {} });
        else if (request.call === 'loadModel') parentPort.postMessage({ id: request.id, value: 1 });
      });`;
    const worker = await connect({
      createWorker: () => new Worker(script, { eval: true }),
      abortGraceMs: 20,
    });
    const model = await worker.loadModel(sampleModelBytes());
    const abort = new AbortController();
    const task = worker.benchmark(model, { signal: abort.signal });
    setTimeout(() => abort.abort(), 10);
    await refusal(() => task, 'ABORTED');
    expect(worker.stopped).toBe(false);
    // It answers nothing until the grace is over.
    await refusal(() => worker.inspect(model), 'WORKER_STOPPED');
    expect(worker.stopped).toBe(true);
  });

  test('that ends takes the calls in flight with it', async () => {
    const worker = await connect();
    const model = await worker.loadModel(sampleModelBytes());
    const calls = [worker.benchmark(model, { runs: 100000 }), worker.inspect(model)];
    const refused = Promise.all(
      calls.slice(0, 1).map((call) => refusal(() => call, 'WORKER_STOPPED')),
    );
    await calls[1];
    worker.terminate();
    await refused;
    expect(worker.stopped).toBe(true);
  });

  test('that crashes says so', async () => {
    const script = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', (request) => {
        if ('start' in request) parentPort.postMessage({ id: request.id, value: {} });
        else throw new Error('out of order');
      });`;
    const worker = await connect({ createWorker: () => new Worker(script, { eval: true }) });
    const { message } = await refusal(() => worker.loadModel(sampleModelBytes()), 'WORKER_STOPPED');
    expect(message).toContain('out of order');
  });

  test('that cannot start refuses to connect', async () => {
    const createWorker = (): Worker => {
      throw new RangeError('no workers here');
    };
    const { message } = await refusal(() => connectWorker({ createWorker }), 'WORKER_STOPPED');
    expect(message).toBe('the worker cannot be made: no workers here');
    await refusal(() => connectWorker({ wasmBinary: new Uint8Array(4) }), 'WASM_UNAVAILABLE');
    const script = `throw new Error('no script');`;
    await refusal(
      () => connectWorker({ createWorker: () => new Worker(script, { eval: true }) }),
      'WORKER_STOPPED',
    );
  });
});
