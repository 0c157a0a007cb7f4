import { expect, test } from '@jest/globals';
import { load, randomSamples, type Sample } from 'octolite';
import { refusal } from './support/errors.js';
import { sampleModelBytes } from './support/files.js';
import { connections } from './support/workers.js';

const connect = connections();

test('200 calls in flight are answered to whom they belong, in order', async () => {
  const octolite = await load();
  const local = octolite.loadModel(sampleModelBytes());
  const here = octolite.createInterpreter(local);
  const worker = await connect.worker();
  const model = await worker.loadModel(sampleModelBytes());
  const interpreter = await worker.createInterpreter(model);
  const { inputs } = await worker.inspect(model);
  const order: number[] = [];
  const picture = (i: number): Float32Array => new Float32Array(4800).fill(i / 200);
  const calls = Array.from({ length: 200 }, async (_, i) => {
    const answer = await [
      () => interpreter.run(picture(i)),
      () => interpreter.getInputDetails(),
      () => worker.codebook([i, i + 1], 2),
      () => worker.loadModel(new Uint8Array(i)).catch((error: unknown) => error),
    ][i % 4]!();
    order.push(i);
    return answer;
  });
  const answers = await Promise.all(calls);
  for (const [i, answer] of answers.entries()) {
    if (i % 4 === 0) expect(answer).toEqual(here.run(picture(i)));
    if (i % 4 === 1) expect(answer).toEqual(inputs);
    if (i % 4 === 2) expect(answer).toEqual([i, i + 1]);
    if (i % 4 === 3) expect(answer).toMatchObject({ code: 'INVALID_MODEL' });
  }
  // Refusals take a step more to arrive where they are caught.
  for (const kind of [0, 1, 2, 3]) {
    const own = order.filter((i) => i % 4 === kind);
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
  here.dispose();
  local.dispose();
});

test('memory moves only when it was asked to, and only as a whole', async () => {
  const worker = await connect.worker();
  const bytes = new Uint8Array(sampleModelBytes());
  const padded = new Uint8Array(bytes.length + 8);
  padded.set(bytes);
  const part = padded.subarray(0, bytes.length);
  const { message } = await refusal(
    () => worker.loadModel(part, { transfer: true }),
    'INVALID_ARGUMENT',
  );
  expect(message).toContain('bytes.slice()');
  expect(part).toHaveLength(bytes.length);
  const sharedBytes = new Uint8Array(new SharedArrayBuffer(bytes.length));
  await refusal(() => worker.loadModel(sharedBytes, { transfer: true }), 'INVALID_ARGUMENT');

  await worker.loadModel(part);
  await worker.loadModel(part.slice(), { transfer: true });
  await worker.loadModel(bytes);
  expect(bytes).toHaveLength(part.length);
  await worker.loadModel(bytes.buffer, { transfer: true });
  expect(bytes).toHaveLength(0);
  const gone = await refusal(() => worker.loadModel(bytes), 'INVALID_ARGUMENT');
  expect(gone.message).toContain('moved');
});

test('results are moved out of the worker and belong to the caller', async () => {
  const worker = await connect.worker();
  const model = await worker.loadModel(sampleModelBytes());
  const options = { recipe: 'dynamic_wi8_afp32' };
  const { bytes } = await worker.quantize(model, options);
  const copy = bytes.slice();
  bytes.fill(0);
  expect((await worker.quantize(model, options)).bytes).toEqual(copy);
});

test('what cannot be sent is refused, and nothing waits for an answer', async () => {
  const worker = await connect.worker();
  const model = await worker.loadModel(sampleModelBytes());
  const interpreter = await worker.createInterpreter(model);
  const bad: unknown[] = [() => 1, [() => 1], { input: Symbol('x') }, new Proxy([], {})];
  for (const sample of bad) {
    const { message } = await refusal(() => interpreter.run(sample as Sample), 'INVALID_ARGUMENT');
    expect(message).toContain('cannot be sent to a worker');
  }
  const detached = new Float32Array(4800);
  structuredClone(detached, { transfer: [detached.buffer] });
  await refusal(() => interpreter.run(detached), 'INVALID_ARGUMENT');
  await interpreter.run(new Float32Array(4800));
  expect(worker.stopped).toBe(false);
});

test('statistics are copied into a worker, and stay with the caller as they are', async () => {
  const octolite = await load();
  const worker = await connect.worker();
  const here = octolite.loadModel(sampleModelBytes());
  const there = await worker.loadModel(sampleModelBytes());
  const samples = [...randomSamples(octolite.inspect(here).inputs, 3, 1)];
  const statistics = await worker.calibrate(there, samples);
  const before = structuredClone(statistics);
  const options = {
    recipe: 'static_wi8_ai8',
    calibration: statistics,
    observer: 'entropy',
  } as const;
  const { bytes } = await octolite.quantize(here, options);
  for (let time = 0; time < 2; ++time) {
    expect((await worker.quantize(there, options)).bytes).toEqual(bytes);
    expect(statistics).toEqual(before);
  }
  here.dispose();
});
