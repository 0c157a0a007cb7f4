/** What the library offers here, it offers in a worker. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load, type Interpreter, type Octolite, type SignatureRunner } from 'octolite';
import {
  connectWorker,
  type OctoliteWorker,
  type WorkerInterpreter,
  type WorkerSignatureRunner,
} from 'octolite/worker';
import { counterModel, modelOf } from './support/make_models.js';

type AnyFunction = (...args: never[]) => unknown;
type MethodOf<T> = { [K in keyof T]: T[K] extends AnyFunction ? K : never }[keyof T];

/** The methods of a class whose counterpart does not take what they take, or promises another thing. */
type Differing<Here, There, Except extends keyof Here> = {
  [K in Exclude<MethodOf<Here>, Except>]: K extends keyof There
    ? [Here[K], There[K]] extends [
        (...args: infer Given) => infer Result,
        (...args: infer Taken) => infer Promised,
      ]
      ? [Given, Awaited<Promised>] extends [Taken, Awaited<Result>]
        ? never
        : K
      : K
    : K;
}[Exclude<MethodOf<Here>, Except>];

/** Compiles for no type but `never`: the checks below are those of the compiler. */
const none = <T extends never>(): T[] => [];
// Custom operators go to a worker as the address of a module, and interpreters stay there.
none<Differing<Octolite, OctoliteWorker, 'loadModel' | 'createInterpreter'>>();
// A view of memory that is in the worker cannot be had here.
none<Differing<Interpreter, WorkerInterpreter, 'withView' | 'getSignatureRunner'>>();
none<Differing<SignatureRunner, WorkerSignatureRunner, never>>();

let octolite: Octolite;
let worker: OctoliteWorker;
beforeAll(async () => {
  octolite = await load();
  worker = await connectWorker();
});
afterAll(() => {
  worker.terminate();
});

function methodsOf(instance: object): string[] {
  const names = new Set<string>();
  for (let at: object = instance; at !== Object.prototype;) {
    at = Object.getPrototypeOf(at) as object;
    if (at === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(at)) {
      const value: unknown = Object.getOwnPropertyDescriptor(at, name)!.value;
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names].sort();
}

test('the same methods, but for views of memory', async () => {
  const model = octolite.loadModel(counterModel());
  const here = octolite.createInterpreter(model);
  const there = await worker.createInterpreter(await worker.loadModel(counterModel()));
  expect(methodsOf(there)).toEqual(methodsOf(here).filter((name) => name !== 'withView'));
  const runner = here.getSignatureRunner('add');
  expect(methodsOf(await there.getSignatureRunner('add'))).toEqual(methodsOf(runner));
  expect(methodsOf(worker)).toEqual(expect.arrayContaining(methodsOf(octolite)));
  there.dispose();
  here.dispose();
  model.dispose();
});

test('the same results of quantize, dequantize, batches and warm-up', async () => {
  const tensor = { type: 'int8' as const, shape: [2], zeroPoint: 0 };
  const bytes = modelOf([
    {
      tensors: [
        { name: 'x', scale: 1, ...tensor },
        { name: 'y', scale: 2, ...tensor },
      ],
      inputs: [0],
      outputs: [1],
      operators: [{ op: 'add', inputs: [0, 0], outputs: [1] }],
    },
  ]);
  const model = octolite.loadModel(bytes);
  const here = octolite.createInterpreter(model);
  const there = await worker.createInterpreter(await worker.loadModel(bytes));
  const batch = [new Int32Array([1, 2]), new Int32Array([3, 4])];
  const options = { quantize: true, dequantize: true };
  expect(await there.runBatch(new Set(batch), options)).toEqual(here.runBatch(batch, options));
  expect(await there.run(batch[0]!, options)).toEqual({ y: new Float32Array([2, 4]) });
  for (const interpreter of [here, there]) {
    await interpreter.setTensor('x', batch[1]!, { quantize: true });
    await interpreter.invoke();
    expect(await interpreter.getTensor('y', { dequantize: true })).toEqual(
      new Float32Array([6, 8]),
    );
    await interpreter.warmUp(2);
    expect(await interpreter.getTensor('y')).toEqual(new Int8Array(2));
    for (const bad of [batch[0], 5]) {
      await expect(async () => interpreter.runBatch(bad as never)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    }
  }
  here.dispose();
  model.dispose();
  there.dispose();
  const counter = await worker.createInterpreter(await worker.loadModel(counterModel()));
  const add = await counter.getSignatureRunner('add');
  await add.warmUp();
  const totals = await add.runBatch(
    [1, 2].map((amount) => ({ amount: new Float32Array([amount]) })),
  );
  expect(totals.map(({ total }) => total![0])).toEqual([11, 13]);
});
