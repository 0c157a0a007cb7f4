import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  load,
  type CustomOp,
  type CustomOpContext,
  type CustomOps,
  type Octolite,
  type TensorValues,
} from 'octolite';
import { connectWorker } from 'octolite/worker';
import { refusal } from './support/errors.js';
import { inTemporaryFolder } from './support/files.js';
import { modelOf, type TestTensor } from './support/make_models.js';

let octolite: Octolite;
beforeEach(async () => {
  octolite = await load();
});
afterEach(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

const OPTIONS = new Uint8Array([3, 1, 4, 1, 5]);

interface Form {
  type?: TestTensor['type'];
  shape?: number[];
  output?: Partial<TestTensor>;
  constant?: Uint8Array;
}

/** t = Mine(x, nothing, c), y = t + t; for types other than float32, y = t. */
function modelWith({ type = 'float32', shape = [-1, 2], output = {}, constant }: Form = {}) {
  const isFloat = (output.type ?? type) === 'float32';
  return modelOf([
    {
      tensors: [
        { name: 'x', type, shape },
        { name: 't', type, shape, ...output },
        { name: 'y', type: 'float32', shape },
        { name: 'c', type: 'float32', shape: [2], ...(constant && { data: constant }) },
      ],
      inputs: [0],
      outputs: [isFloat ? 2 : 1],
      operators: [
        {
          op: { custom: 'Mine' },
          inputs: [0, -1, ...(constant ? [3] : [])],
          outputs: [1],
          options: OPTIONS,
        },
        ...(isFloat ? [{ op: 'add' as const, inputs: [1, 1], outputs: [2] }] : []),
      ],
    },
  ]);
}

/** t = x + 1 */
const PLUS_ONE: CustomOp = {
  prepare: ({ inputs }) => [inputs[0]!.shape],
  invoke([x], [t]) {
    const from = x!.data as Float32Array;
    from.forEach((value, i) => (t!.data[i] = value + 1));
  },
};

function run(
  bytes: Uint8Array,
  mine: Partial<CustomOp>,
  x: TensorValues,
  shape?: readonly number[],
): TensorValues {
  const model = octolite.loadModel(bytes, { customOps: { Mine: { ...PLUS_ONE, ...mine } } });
  const interpreter = octolite.createInterpreter(model);
  try {
    if (shape) interpreter.resizeInputTensor('x', shape);
    return Object.values(interpreter.run({ x }))[0]!;
  } finally {
    interpreter.dispose();
    model.dispose();
  }
}

describe('a custom operator', () => {
  test('runs amid the others, for every shape', () => {
    const model = octolite.loadModel(modelWith(), { customOps: { Mine: PLUS_ONE } });
    expect(octolite.inspect(model)).toMatchObject({
      unsupportedOperators: [],
      subgraphs: [{ operators: [{ name: 'Mine', supported: true }, { name: 'ADD' }] }],
    });
    const interpreter = octolite.createInterpreter(model);
    expect(interpreter.run(new Float32Array([1, 2]))).toEqual({ y: new Float32Array([4, 6]) });
    interpreter.resizeInputTensor('x', [2, 2]);
    expect(interpreter.run(new Float32Array([1, 2, 3, 4]))).toEqual({
      y: new Float32Array([4, 6, 8, 10]),
    });
    interpreter.resizeInputTensor('x', [0, 2]);
    expect(interpreter.run(new Float32Array(0))).toEqual({ y: new Float32Array(0) });
    interpreter.dispose();
    model.dispose();
  });

  test('sees what the model says', () => {
    let seen: CustomOpContext | undefined;
    const invoked: unknown[] = [];
    const constant = new Uint8Array(new Float32Array([7, 8]).buffer);
    let known: TensorValues | undefined;
    run(
      modelWith({ type: 'int8', shape: [1, 2], output: { scale: 0.5, zeroPoint: 3 }, constant }),
      {
        prepare(context) {
          seen = context;
          known = context.inputs[2]!.constant;
          context.state = 'mine';
          return [[1, 2]];
        },
        invoke([x, absent, c], [t], context) {
          invoked.push(absent, c!.data, x!.data, x!.shape, context.state, context === seen);
          (t!.data as Int8Array).set(x!.data as Int8Array);
        },
      },
      new Int8Array([1, 2]),
    );
    expect(seen!.name).toBe('Mine');
    expect(seen!.options).toEqual(OPTIONS);
    expect(seen!.inputs).toMatchObject([
      { name: 'x', index: 0, dtype: 'int8', shape: [1, 2], isVariable: false },
      null,
      { name: 'c', dtype: 'float32', shape: [2] },
    ]);
    expect(seen!.inputs[0]!.constant).toBeUndefined();
    expect(known).toEqual(new Float32Array([7, 8]));
    expect(seen!.outputs).toMatchObject([
      { name: 't', dtype: 'int8', quantization: { scale: 0.5, zeroPoint: 3 } },
    ]);
    expect(invoked.slice(0, 2)).toEqual([null, new Float32Array([7, 8])]);
    expect(invoked.slice(3)).toEqual([[1, 2], 'mine', true]);
  });

  test('may decide shapes while it runs', () => {
    const positive: Partial<CustomOp> = {
      prepare: () => ['dynamic'],
      invoke([x], [t]) {
        const kept = (x!.data as Float32Array).filter((value) => value > 0);
        t!.set([kept.length], kept);
      },
    };
    const model = octolite.loadModel(modelWith(), { customOps: { Mine: positive as CustomOp } });
    const interpreter = octolite.createInterpreter(model);
    for (const [x, y] of [
      [[1, -2], [2]],
      [
        [3, 4],
        [6, 8],
      ],
      [[-1, -2], []],
    ]) {
      expect(interpreter.run(new Float32Array(x!))).toEqual({ y: new Float32Array(y!) });
      expect(interpreter.getOutputDetails()[0]!.shape).toEqual([y!.length]);
    }
    interpreter.dispose();
    model.dispose();
  });

  test('takes and makes strings and 64-bit integers', () => {
    const upper = run(
      modelWith({ type: 'string', shape: [2] }),
      {
        prepare: () => [[2]],
        invoke([x], [t]) {
          t!.set(
            [2],
            (x!.data as string[]).map((text) => text.toUpperCase()),
          );
        },
      },
      ['grün', ''],
    );
    expect(upper).toEqual(['GRÜN', '']);
    const negative = run(
      modelWith({ type: 'int64', shape: [2] }),
      {
        invoke([x], [t]) {
          (x!.data as BigInt64Array).forEach((value, i) => (t!.data[i] = -value));
        },
      },
      new BigInt64Array([2n ** 62n, 1n]),
    );
    expect(negative).toEqual(new BigInt64Array([-(2n ** 62n), -1n]));
  });

  test('has its outputs quantized by set', () => {
    const values = run(
      modelWith({ shape: [2], output: { type: 'int8', scale: 0.5, zeroPoint: 3 } }),
      { invoke: ([x], [t]) => t!.set([2], x!.data) },
      new Float32Array([1, -100]),
    );
    expect(values).toEqual(new Int8Array([5, -128]));
  });

  test('may keep something in a variable tensor', () => {
    const count: CustomOp = {
      prepare({ inputs }) {
        expect(inputs[0]!.isVariable).toBe(true);
        return [[1]];
      },
      invoke([state], [y]) {
        const total = state!.data as Float32Array;
        total[0] = total[0]! + 1;
        y!.data[0] = total[0];
      },
    };
    const tensors: TestTensor[] = [
      { name: 'state', type: 'float32', shape: [1], isVariable: true },
      { name: 'y', type: 'float32', shape: [1] },
    ];
    const operators = [{ op: { custom: 'Count' }, inputs: [0], outputs: [1] }];
    const model = octolite.loadModel(modelOf([{ tensors, inputs: [], outputs: [1], operators }]), {
      customOps: { Count: count },
    });
    const interpreter = octolite.createInterpreter(model);
    for (const y of [1, 2, 3]) expect(interpreter.run({})).toEqual({ y: new Float32Array([y]) });
    interpreter.resetVariableTensors();
    expect(interpreter.run({})).toEqual({ y: new Float32Array([1]) });
    interpreter.dispose();
    model.dispose();
  });

  test('of the interpreter comes before that of the model', () => {
    const minus: CustomOp = {
      ...PLUS_ONE,
      invoke: ([x], [t]) =>
        (x!.data as Float32Array).forEach((value, i) => (t!.data[i] = value - 1)),
    };
    const model = octolite.loadModel(modelWith(), { customOps: { Mine: PLUS_ONE } });
    const interpreter = octolite.createInterpreter(model, { customOps: { Mine: minus } });
    expect(interpreter.run(new Float32Array([1, 2]))).toEqual({ y: new Float32Array([0, 2]) });
    interpreter.dispose();
    model.dispose();
    const bare = octolite.loadModel(modelWith());
    const second = octolite.createInterpreter(bare, { customOps: { Mine: PLUS_ONE } });
    expect(second.run(new Float32Array([1, 2]))).toEqual({ y: new Float32Array([4, 6]) });
    second.dispose();
    bare.dispose();
  });

  test('runs in every task of the toolkit', async () => {
    const options = { customOps: { Mine: PLUS_ONE } };
    const samples = [new Float32Array([1, 2]), new Float32Array([-3, 5])];
    const model = octolite.loadModel(modelWith(), options);
    const { bytes, report, statistics } = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration: samples,
    });
    expect(report.operators[0]).toMatchObject({ name: 'Mine', mode: 'float' });
    expect(statistics!.subgraphs[0]!.tensors.find(({ name }) => name === 't')).toMatchObject({
      min: -2,
      max: 6,
    });
    const quantized = octolite.loadModel(bytes, options);
    const compared = await octolite.compare(model, quantized, samples);
    expect(compared.outputs[0]!.sqnrDb).toBeGreaterThan(30);
    expect((await octolite.benchmark(quantized, { runs: 2 })).runs).toBe(2);
    expect((await octolite.evaluate(model, samples, [1, 1])).top1).toBe(1);
    quantized.dispose();
    model.dispose();
  });

  test('runs in tasks that quantize it and run what they made', async () => {
    const samples = [new Float32Array([1, 2]), new Float32Array([-3, 5])];
    const task = { recipe: 'static_wi8_ai8', calibration: samples, data: samples } as const;
    const model = octolite.loadModel(modelWith(), { customOps: { Mine: PLUS_ONE } });
    const add = { name: 'ADD', outputs: [{ name: 'y' }] };
    expect((await octolite.sensitivity(model, task)).operators).toMatchObject([add]);
    const debugged = await octolite.debug(model, task);
    expect(debugged.operators.map(({ name }) => name)).toContain('ADD');
    const { auto } = await octolite.quantizeAuto(model, { ...task, budget: { sqnrDb: 20 } });
    expect(auto.reached).toBe(true);
    const recovered = await octolite.quantize(model, {
      ...task,
      recover: 'all',
      calibration: Array.from({ length: 8 }, (_, i) => new Float32Array([i, -i])),
    });
    expect(recovered.report.recovery!.verdict!.sqnrDb).toBeGreaterThan(20);
    model.dispose();
  });

  test('does not keep memory', () => {
    const bytes = modelWith();
    const cycle = (): void => void run(bytes, {}, new Float32Array(2));
    for (let i = 0; i < 20; ++i) cycle();
    const { memoryBytes } = octolite.runtimeInfo();
    for (let i = 0; i < 500; ++i) cycle();
    expect(octolite.runtimeInfo().memoryBytes).toBe(memoryBytes);
  });

  test('survives that the memory grows while it runs', () => {
    // The answer of the first needs more memory than there is; the second has views all the same.
    const model = octolite.loadModel(modelWith({ shape: [-1] }), { customOps: { Mine: PLUS_ONE } });
    const { memoryBytes } = octolite.runtimeInfo();
    const count = memoryBytes / 4;
    const large: CustomOp = {
      prepare: () => ['dynamic'],
      invoke: (_inputs, [t]) => t!.set([count], new Float32Array(count).fill(1)),
    };
    const interpreter = octolite.createInterpreter(model, { customOps: { Mine: large } });
    const { y } = interpreter.run(new Float32Array(1));
    expect(octolite.runtimeInfo().memoryBytes).toBeGreaterThan(memoryBytes);
    expect(y).toHaveLength(count);
    expect(y![count - 1]).toBe(2);
    interpreter.dispose();
    model.dispose();
  });
});

describe('a custom operator that fails', () => {
  const X = new Float32Array([1, 2]);

  test('is named, with the cause', async () => {
    const cause = new RangeError('no, not this');
    for (const what of ['prepare', 'invoke'] as const) {
      const fail = (): never => {
        throw cause;
      };
      const error = await refusal(() => run(modelWith(), { [what]: fail }, X), 'CUSTOM_OPERATOR');
      expect(error.details).toMatchObject({ operator: 0, operatorName: 'Mine' });
      expect(error.message).toBe(
        `'${what}' of the custom operator failed: no, not this (operator 0 Mine)`,
      );
      expect((error as unknown as Error).cause).toBe(cause);
    }
  });

  test('leaves the interpreter usable', async () => {
    let healthy = false;
    const sick: CustomOp = {
      ...PLUS_ONE,
      invoke(...args) {
        if (!healthy) throw new Error('not now');
        PLUS_ONE.invoke(...args);
      },
    };
    const model = octolite.loadModel(modelWith(), { customOps: { Mine: sick } });
    const interpreter = octolite.createInterpreter(model);
    await refusal(() => interpreter.run(X), 'CUSTOM_OPERATOR');
    healthy = true;
    expect(interpreter.run(X)).toEqual({ y: new Float32Array([4, 6]) });
    interpreter.dispose();
    model.dispose();
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /shapes of its 1 outputs/],
    ['too many shapes', [[1], [1]], /shapes of its 1 outputs/],
    ['a negative size', [[-1]], /not the shape/],
    ['half a size', [[0.5]], /not the shape/],
    ['a word', ['static'], /not the shape/],
    ['nine dimensions', [[1, 1, 1, 1, 1, 1, 1, 1, 1]], /not the shape/],
    ['too many elements', [[65536, 65536]], /not the shape/],
  ])('by %s from prepare', async (_what, answer, message) => {
    const prepare = (() => answer) as CustomOp['prepare'];
    const error = await refusal(() => run(modelWith(), { prepare }, X), 'CUSTOM_OPERATOR');
    expect(error.message).toMatch(message);
    expect(error.details.operatorName).toBe('Mine');
  });

  test.each<[string, CustomOp['invoke'], RegExp]>([
    ['leaving a dynamic output alone', () => undefined, /output 0 was not set/],
    ['looking for memory that is not there', (_, [t]) => void t!.data, /set\(shape, values\)/],
    ['values beside the shape', (_, [t]) => t!.set([3], new Float32Array(2)), /2 values given/],
    ['values of another type', (_, [t]) => t!.set([1], ['a']), /not a typed array/],
    ['an impossible shape', (_, [t]) => t!.set([-1], new Float32Array(1)), /not the shape/],
    ['being asynchronous', () => Promise.resolve(), /not synchronous/],
  ])('by %s in invoke', async (_what, invoke, message) => {
    const mine: Partial<CustomOp> = { prepare: () => ['dynamic'], invoke };
    const error = await refusal(() => run(modelWith(), mine, X), 'CUSTOM_OPERATOR');
    expect(error.message).toMatch(message);
  });

  test('by setting another shape than it said', async () => {
    const mine: Partial<CustomOp> = { invoke: (_, [t]) => t!.set([2, 1], X) };
    const { message } = await refusal(() => run(modelWith(), mine, X), 'CUSTOM_OPERATOR');
    expect(message).toContain('its shape is [1, 2], not [2, 1]');
  });

  test('by calling the library that runs it', async () => {
    const model = octolite.loadModel(modelWith());
    const inside: CustomOp = { ...PLUS_ONE, invoke: () => void octolite.inspect(model) };
    const { message } = await refusal(() => run(modelWith(), inside, X), 'CUSTOM_OPERATOR');
    expect(message).toContain('called the library that runs it');
    const disposing: CustomOp = { ...PLUS_ONE, invoke: () => model.dispose() };
    await refusal(() => run(modelWith(), disposing, X), 'CUSTOM_OPERATOR');
    // It could not be disposed of there.
    expect(octolite.runtimeInfo().liveHandles).toBe(1);
    model.dispose();
  });

  test('by not being one', async () => {
    for (const customOps of [{ Mine: {} }, { Mine: null }, { Mine: { prepare: 1, invoke: 2 } }]) {
      await refusal(
        () => octolite.loadModel(modelWith(), { customOps: customOps as unknown as CustomOps }),
        'INVALID_ARGUMENT',
      );
    }
  });
});

describe('in a worker', () => {
  const MODULE = `
    export default {
      Mine: {
        prepare: ({ inputs }) => [inputs[0].shape],
        invoke([x], [t]) {
          if (x.data[0] < 0) throw new RangeError('below zero');
          x.data.forEach((value, i) => (t.data[i] = value + 1));
        },
      },
    };`;

  test('custom operators are imported', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'operators.mjs');
      writeFileSync(path, MODULE);
      const worker = await connectWorker({ leakWarnings: false });
      const customOps = pathToFileURL(path);
      const model = await worker.loadModel(modelWith(), { customOps });
      expect((await worker.inspect(model)).unsupportedOperators).toEqual([]);
      const bare = await worker.loadModel(modelWith());
      for (const interpreter of [
        await worker.createInterpreter(model),
        await worker.createInterpreter(bare, { customOps: customOps.href }),
      ]) {
        expect(await interpreter.run(new Float32Array([1, 2]))).toEqual({
          y: new Float32Array([4, 6]),
        });
        const error = await refusal(
          () => interpreter.run(new Float32Array([-1, 2])),
          'CUSTOM_OPERATOR',
        );
        expect(error.details.operatorName).toBe('Mine');
        const { cause } = error as unknown as { cause: Error };
        expect(cause).toMatchObject({ name: 'RangeError', message: 'below zero' });
        expect(cause.stack).toContain('operators.mjs');
      }
      worker.terminate();
    });
  });

  test('calls are answered in order, also where one must import something', async () => {
    const worker = await connectWorker({ leakWarnings: false });
    const model = await worker.loadModel(modelWith());
    const slow = `data:text/javascript,
      await new Promise((resolve) => setTimeout(resolve, 30));
      export default { Mine: {
        prepare: ({ inputs }) => [inputs[0].shape],
        invoke: ([x], [t]) => t.set(x.shape, x.data),
      } };`;
    try {
      const making = worker.createInterpreter(model, { customOps: slow });
      // It was asked for before.
      model.dispose();
      const interpreter = await making;
      expect(await interpreter.run(new Float32Array([1, 2]))).toEqual({
        y: new Float32Array([2, 4]),
      });
    } finally {
      worker.terminate();
    }
  });

  test('what cannot be imported is refused', async () => {
    const worker = await connectWorker({ leakWarnings: false });
    const load = (customOps: string | URL) => worker.loadModel(modelWith(), { customOps });
    await refusal(() => load('operators.mjs'), 'INVALID_ARGUMENT');
    const functions = { Mine: PLUS_ONE } as unknown as string;
    await refusal(() => load(functions), 'INVALID_ARGUMENT');
    await refusal(() => load('file:///no/such/module.mjs'), 'INVALID_ARGUMENT');
    const { message } = await refusal(() => load('data:text/javascript,0'), 'INVALID_ARGUMENT');
    expect(message).toContain('exports no default');
    await refusal(
      () => load('data:text/javascript,export default { Mine: 1 }'),
      'INVALID_ARGUMENT',
    );
    worker.terminate();
  });
});
