import { describe, expect, test } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import type { OctoliteWorker, WorkerInterpreter } from 'octolite/worker';
import { refusal } from './support/errors.js';
import { sampleModelBytes } from './support/files.js';
import { modelOf } from './support/make_models.js';
import { connections, spiedWorkers } from './support/workers.js';

const connect = connections();
const HOST = new URL('../../dist/worker/host.js', import.meta.url).href;

/** y = x, by an operator of this code. */
function customModel(code: string): Uint8Array {
  return modelOf([
    {
      tensors: [
        { name: 'x', type: 'float32', shape: [2] },
        { name: 'y', type: 'float32', shape: [2] },
      ],
      inputs: [0],
      outputs: [1],
      operators: [{ op: { custom: code }, inputs: [0], outputs: [1] }],
    },
  ]);
}

/** An operator that copies, and does something where its input is below 0. */
function operatorThat(action: string): string {
  return `data:text/javascript,${encodeURIComponent(`
    export default {
      Copy: {
        prepare: ({ inputs }) => [inputs[0].shape],
        invoke([x], [y]) {
          y.data.set(x.data);
          if (x.data[0] < 0) { ${action} }
        },
      },
    };`)}`;
}

async function copierThat(worker: OctoliteWorker, action: string): Promise<WorkerInterpreter> {
  const customOps = operatorThat(action);
  const model = await worker.loadModel(customModel('Copy'), { customOps });
  return worker.createInterpreter(model);
}

/** 40 calls of which the twentieth does it; what became of each. */
async function manyCalls(interpreter: WorkerInterpreter): Promise<string[]> {
  const calls = Array.from({ length: 40 }, (_, i) =>
    interpreter.run(new Float32Array([i === 20 ? -1 : i, 0])).then(
      ({ y }) => `answered ${(y as Float32Array)[0]}`,
      (error: { code: string }) => error.code,
    ),
  );
  return Promise.all(calls);
}

const ANSWERED = Array.from({ length: 20 }, (_, i) => `answered ${i}`);

describe('a worker that ends with many calls in flight', () => {
  test('killed from outside', async () => {
    const { made, createWorker } = spiedWorkers();
    const worker = await connect.worker({ createWorker });
    const model = await worker.loadModel(sampleModelBytes());
    const calls = [
      worker.benchmark(model, { runs: 1e6 }),
      ...Array.from({ length: 100 }, () => worker.inspect(model)),
    ];
    const outcomes = Promise.allSettled(calls);
    await made[0]!.terminate();
    for (const outcome of await outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({
        code: 'WORKER_STOPPED',
        details: { hint: 'connect again' },
      });
    }
    expect((await outcomes)[0]!.status).toBe('rejected');
    expect(worker.stopped).toBe(true);
    await refusal(() => worker.inspect(model), 'WORKER_STOPPED');
    // What lived in it went with it.
    model.dispose();
  });

  test('by itself', async () => {
    const interpreter = await copierThat(await connect.worker(), 'process.exit(3);');
    const outcomes = await manyCalls(interpreter);
    expect(new Set(outcomes.slice(20))).toEqual(new Set(['WORKER_STOPPED']));
    const { message } = await refusal(() => interpreter.invoke(), 'WORKER_STOPPED');
    expect(message).toContain('status 3');
  });

  test('by an error that nobody catches', async () => {
    const action = `queueMicrotask(() => { throw new Error('went wrong'); });`;
    const interpreter = await copierThat(await connect.worker(), action);
    expect((await manyCalls(interpreter)).at(-1)).toBe('WORKER_STOPPED');
    const { message } = await refusal(() => interpreter.invoke(), 'WORKER_STOPPED');
    expect(message).toContain('went wrong');
    interpreter.dispose();
  });

  test('another takes its place', async () => {
    const first = await connect.worker();
    first.terminate();
    const second = await connect.worker();
    await second.loadModel(sampleModelBytes());
    expect([first.stopped, second.stopped]).toEqual([true, false]);
  });
});

test('a module that traps refuses everything from then on, and the worker says why', async () => {
  // An instance whose functions can be made to trap.
  const script = `
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...args) => {
      const { exports } = await instantiate(...args);
      const wrapped = Object.entries(exports).map(([name, value]) => [
        name,
        typeof value !== 'function' ? value : (...operands) => {
          if (globalThis.trap) throw new WebAssembly.RuntimeError('unreachable');
          return value(...operands);
        },
      ]);
      return { exports: Object.fromEntries(wrapped) };
    };
    import(${JSON.stringify(HOST)});`;
  const worker = await connect.worker({ createWorker: () => new Worker(script, { eval: true }) });
  const interpreter = await copierThat(worker, 'globalThis.trap = true;');
  const outcomes = await manyCalls(interpreter);
  expect(outcomes).toEqual([...ANSWERED, ...Array<string>(20).fill('INTERNAL')]);
  const { message } = await refusal(() => worker.runtimeInfo(), 'INTERNAL');
  expect(message).toContain('unreachable');
  expect(worker.stopped).toBe(false);
});
