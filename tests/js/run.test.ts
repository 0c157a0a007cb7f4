import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  load,
  toReal,
  type Interpreter,
  type InterpreterOptions,
  type Octolite,
  type TensorInput,
} from 'octolite';
import { connectWorker } from 'octolite/worker';
import { usingInterpreter } from './support/engine.js';
import { refusal } from './support/errors.js';
import {
  counterModel,
  echo,
  modelOf,
  TYPES,
  type TestOperator,
  type TestTensor,
} from './support/make_models.js';

let octolite: Octolite;
beforeAll(async () => {
  octolite = await load();
});
afterAll(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

const withInterpreter = (
  model: Uint8Array,
  use: (interpreter: Interpreter) => unknown,
  options?: InterpreterOptions,
): Promise<void> => usingInterpreter(octolite, model, use, options);

/** y = a + b */
function sum(shape: number[]): Uint8Array {
  return modelOf([
    {
      tensors: ['a', 'b', 'y'].map((name) => ({ name, type: 'float32', shape })),
      inputs: [0, 1],
      outputs: [2],
      operators: [{ op: 'add', inputs: [0, 1], outputs: [2] }],
    },
  ]);
}

describe('element types', () => {
  const float16 = new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff]);
  const CASES: readonly [TestTensor['type'], TensorInput][] = [
    ['float32', new Float32Array([1.5, -2, 0, 1e30])],
    ['float64', new Float64Array([1.5, -2, 0, 1e300])],
    ['float16', float16],
    ['int8', new Int8Array([-128, 127, 0, 1])],
    ['uint8', new Uint8Array([0, 255, 1, 2])],
    ['int16', new Int16Array([-32768, 32767, 0, 1])],
    ['uint16', new Uint16Array([0, 65535, 1, 2])],
    ['int32', new Int32Array([-2147483648, 2147483647, 0, 1])],
    ['uint32', new Uint32Array([0, 4294967295, 1, 2])],
    ['int64', new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n])],
    ['uint64', new BigUint64Array([0n, 2n ** 64n - 1n, 1n, 2n])],
    ['bool', new Uint8Array([1, 0, 0, 1])],
    ['complex64', new Float32Array([1, -1, 2, -2, 3, -3, 4, -4])],
    ['string', ['a', '', 'Grüße 🙂', '\ufeffwith a mark']],
  ];

  test.each(CASES)('%s comes out as it goes in', async (type, values) => {
    await withInterpreter(echo(type, [2, 2]), (interpreter) => {
      expect(interpreter.getInputDetails()[0]).toMatchObject({ dtype: type, shape: [2, 2] });
      interpreter.setTensor('x', values);
      expect(interpreter.getTensor('x')).toEqual(values);
      expect(interpreter.run({ x: values })).toEqual({ x: values });
      expect(interpreter.run([values])).toEqual({ x: values });
    });
  });

  test.each(CASES)('%s in a scalar and in no element at all', async (type, values) => {
    const perElement = type === 'complex64' ? 2 : 1;
    for (const [shape, count] of [
      [[], 1],
      [[0], 0],
      [[2, 0, 3], 0],
    ] as const) {
      await withInterpreter(echo(type, [...shape]), (interpreter) => {
        const part = (values as Uint8Array).slice(0, count * perElement) as TensorInput;
        interpreter.setTensor(0, part);
        interpreter.invoke();
        expect(interpreter.getTensor(0)).toEqual(part);
        expect(interpreter.getOutputDetails()[0]!.shape).toEqual([...shape]);
      });
    }
  });

  test('every type of the format that has numbers is among them', () => {
    expect(CASES.map(([type]) => type).sort()).toEqual(
      Object.keys(TYPES)
        .filter((type) => type !== 'resource')
        .sort(),
    );
  });

  test('a worker carries all of them', async () => {
    const worker = await connectWorker();
    for (const [type, values] of CASES) {
      const model = await worker.loadModel(echo(type, [2, 2]));
      const interpreter = await worker.createInterpreter(model);
      expect(await interpreter.run({ x: values })).toEqual({ x: values });
    }
    worker.terminate();
  });

  test('numbers are converted where the type holds them', async () => {
    const CONVERTED: readonly [TestTensor['type'], TensorInput, TensorInput][] = [
      ['int64', new Int32Array([-1, 2]), new BigInt64Array([-1n, 2n])],
      ['int32', new Float64Array([-1, 2]), new Int32Array([-1, 2])],
      ['uint32', new BigInt64Array([1n, 2n]), new Uint32Array([1, 2])],
      ['bool', new Uint8Array([7, 0]), new Uint8Array([1, 0])],
      ['float64', new Int8Array([1, 2]), new Float64Array([1, 2])],
      ['string', [new Uint8Array([104, 105]), 'x'], ['hi', 'x']],
    ];
    for (const [type, given, stored] of CONVERTED) {
      await withInterpreter(echo(type, [2]), (interpreter) => {
        interpreter.setTensor('x', given);
        expect(interpreter.getTensor('x')).toEqual(stored);
      });
    }
  });

  test('real numbers become float16, to the nearest, ties to even', async () => {
    const given = [1, -0, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 65504, 65519.99, 65520, 2 ** -25];
    const bits = [0x3c00, 0x8000, 0x3c00, 0x3c02, 0x7bff, 0x7bff, 0x7c00, 0];
    const more = [3 * 2 ** -25, 2 ** -14 - 2 ** -26, 2047.5, Infinity, -Infinity, 1e300, NaN];
    const moreBits = [2, 0x0400, 0x67ff + 1, 0x7c00, 0xfc00, 0x7c00, 0x7e00];
    const values = new Float64Array([...given, ...more]);
    await withInterpreter(echo('float16', [values.length]), (interpreter) => {
      interpreter.setTensor('x', values);
      const stored = interpreter.getTensor('x');
      expect(Array.from(stored as Uint16Array)).toEqual([...bits, ...moreBits]);
      // And every finite one comes back from its real number.
      const [details] = interpreter.getInputDetails();
      const all = Uint16Array.from({ length: 0x7c00 }, (_, i) => i);
      const real = toReal(all, details!);
      interpreter.resizeInputTensor('x', [all.length]);
      interpreter.setTensor('x', real);
      expect(interpreter.getTensor('x')).toEqual(all);
      const Float16 = (globalThis as { Float16Array?: new (v: number[]) => TensorInput })
        .Float16Array;
      if (Float16) {
        interpreter.resizeInputTensor('x', [2]);
        interpreter.setTensor('x', new Float16([1, -2]));
        expect(interpreter.getTensor('x')).toEqual(new Uint16Array([0x3c00, 0xc000]));
      }
    });
  });

  test('what does not fit is refused', async () => {
    const REFUSED: readonly [TestTensor['type'], unknown, 'TYPE_MISMATCH' | 'SHAPE_MISMATCH'][] = [
      ['int8', new Int32Array([1, 128]), 'TYPE_MISMATCH'],
      ['uint8', new Float32Array([0.5, 1]), 'TYPE_MISMATCH'],
      ['int64', new Float64Array([2 ** 60, 0.5]), 'TYPE_MISMATCH'],
      ['string', new Uint8Array(2), 'TYPE_MISMATCH'],
      ['string', ['a', 1], 'TYPE_MISMATCH'],
      ['string', ['a'], 'SHAPE_MISMATCH'],
      ['float32', ['a', 'b'], 'TYPE_MISMATCH'],
      ['float32', [1, 2], 'TYPE_MISMATCH'],
      ['complex64', new Float32Array(2), 'SHAPE_MISMATCH'],
      ['resource', new Int32Array(2), 'TYPE_MISMATCH'],
    ];
    for (const [type, values, code] of REFUSED) {
      await withInterpreter(echo(type, [2]), (interpreter) =>
        refusal(() => interpreter.setTensor('x', values as TensorInput), code),
      );
    }
  });

  test('strings are not real numbers', async () => {
    await withInterpreter(echo('string', [1]), (interpreter) =>
      refusal(() => toReal(['1'], interpreter.getInputDetails()[0]!), 'TYPE_MISMATCH'),
    );
  });
});

test('strings go into both of two models that are compared', async () => {
  const model = octolite.loadModel(echo('string', [2]));
  const samples = [{ x: ['a', 'b'] }, { x: ['longer', ''] }];
  expect((await octolite.compare(model, model, samples)).samples).toBe(2);
  model.dispose();
});

describe('shapes', () => {
  test('free dimensions are resized, and shown', async () => {
    await withInterpreter(sum([-1, 2]), async (interpreter) => {
      expect(interpreter.getInputDetails()).toMatchObject([
        { shape: [1, 2], shapeSignature: [-1, 2] },
        { shape: [1, 2], shapeSignature: [-1, 2] },
      ]);
      interpreter.resizeInputTensor('a', [3, 2], { strict: true });
      interpreter.resizeInputTensor(1, [3, 2], { strict: true });
      interpreter.allocateTensors();
      expect(interpreter.getOutputDetails()[0]!.shape).toEqual([3, 2]);
      const ones = new Float32Array(6).fill(1);
      expect(interpreter.run({ a: ones, b: ones })).toEqual({ y: new Float32Array(6).fill(2) });
      await refusal(
        () => interpreter.resizeInputTensor('a', [3, 4], { strict: true }),
        'SHAPE_MISMATCH',
      );
      await refusal(
        () => interpreter.resizeInputTensor('a', [3], { strict: true }),
        'SHAPE_MISMATCH',
      );
      // Zero-sized, and as one list of numbers.
      interpreter.resizeInputTensor('a', [0, 2]);
      interpreter.resizeInputTensor('b', [0, 2]);
      expect(interpreter.run([new Float32Array(0), new Float32Array(0)])).toEqual({
        y: new Float32Array(0),
      });
      expect(interpreter.getOutputDetails()[0]!.shape).toEqual([0, 2]);
    });
  });

  test('a resize to the shape that is there, and a second allocation, change nothing', async () => {
    await withInterpreter(sum([2]), (interpreter) => {
      interpreter.setTensor('a', new Float32Array([1, 2]));
      interpreter.resizeInputTensor('b', [2]);
      interpreter.allocateTensors();
      interpreter.setTensor('b', new Float32Array([10, 20]));
      interpreter.invoke();
      expect(interpreter.getTensor('y')).toEqual(new Float32Array([11, 22]));
    });
  });

  test('shapes that do not go together are refused with the place', async () => {
    await withInterpreter(sum([2]), async (interpreter) => {
      interpreter.resizeInputTensor('a', [3]);
      const { details } = await refusal(() => interpreter.allocateTensors(), 'SHAPE_MISMATCH');
      expect(details).toMatchObject({ operator: 0, operatorName: 'ADD' });
    });
  });
});

const one = (value: number): Float32Array => new Float32Array([value]);

describe('signatures', () => {
  test('are listed, and run by name', async () => {
    await withInterpreter(counterModel(), (interpreter) => {
      expect(interpreter.getSignatureList()).toEqual({
        add: { inputs: ['amount'], outputs: ['total', 'same'] },
        read: { inputs: [], outputs: ['total'] },
      });
      const add = interpreter.getSignatureRunner('add');
      const read = interpreter.getSignatureRunner('read');
      expect(add.getInputDetails()).toMatchObject({ amount: { name: 'add_x:0', index: 0 } });
      expect(Object.keys(add.getOutputDetails())).toEqual(['total', 'same']);
      // Two names of one tensor are both there; variables are shared by the signatures.
      expect(add.run({ amount: one(5) })).toEqual({ total: one(15), same: one(15) });
      expect(read.run({})).toEqual({ total: one(15) });
      expect(add.run({ amount: one(1) }).total).toEqual(one(16));
      expect(read.run({}).total).toEqual(one(16));
      // The interpreter itself runs the first subgraph, which is the first signature's.
      expect(interpreter.run(one(1))).toEqual({ 'add_y:0': one(17) });
      expect(read.run({}).total).toEqual(one(17));
    });
  });

  test('either may come first', async () => {
    await withInterpreter(counterModel(), (interpreter) => {
      expect(interpreter.getSignatureRunner('read').run({}).total).toEqual(one(10));
      expect(interpreter.getSignatureRunner('add').run({ amount: one(5) }).total).toEqual(one(15));
    });
  });

  test('resizing an input of one leaves the variables', async () => {
    await withInterpreter(counterModel(), (interpreter) => {
      const add = interpreter.getSignatureRunner('add');
      add.run({ amount: one(5) });
      add.resizeInputTensor('amount', [2]);
      add.allocateTensors();
      expect(add.getInputDetails().amount!.shape).toEqual([2]);
      // The variable's shape is what is assigned to it.
      expect(add.run({ amount: new Float32Array([1, 2]) }).total).toEqual(
        new Float32Array([16, 17]),
      );
      expect(add.getOutputDetails().total!.shape).toEqual([2]);
    });
  });

  test('of two interpreters have nothing in common', async () => {
    await withInterpreter(counterModel(), (a) =>
      withInterpreter(counterModel(), (b) => {
        a.getSignatureRunner('add').run({ amount: one(5) });
        expect(b.getSignatureRunner('read').run({}).total).toEqual(one(10));
      }),
    );
  });

  test('state is forgotten on demand', async () => {
    await withInterpreter(counterModel(), (interpreter) => {
      const add = interpreter.getSignatureRunner('add');
      add.run({ amount: one(5) });
      interpreter.resetVariableTensors();
      expect(interpreter.getSignatureRunner('read').run({}).total).toEqual(one(10));
      expect(add.run({ amount: one(2) }).total).toEqual(one(12));
    });
  });

  test('names that are not there are refused', async () => {
    await withInterpreter(counterModel(), async (interpreter) => {
      const { message } = await refusal(
        () => interpreter.getSignatureRunner('subtract'),
        'INVALID_ARGUMENT',
      );
      expect(message).toContain('add, read');
      await refusal(() => interpreter.getSignatureRunner(), 'INVALID_ARGUMENT');
      const add = interpreter.getSignatureRunner('add');
      const stranger = await refusal(() => add.run({ amuont: one(1) }), 'INVALID_ARGUMENT');
      expect(stranger.message).toContain("'amuont'");
      expect(stranger.message).toContain('amount');
      await refusal(() => add.run({}), 'INVALID_ARGUMENT');
      await refusal(() => add.resizeInputTensor('total', [2]), 'INVALID_ARGUMENT');
    });
    await withInterpreter(sum([1]), async (interpreter) => {
      expect(interpreter.getSignatureList()).toEqual({});
      await refusal(() => interpreter.getSignatureRunner(), 'INVALID_ARGUMENT');
    });
  });

  test('end with their interpreter', async () => {
    let run: (() => unknown) | undefined;
    await withInterpreter(counterModel(), (interpreter) => {
      const read = interpreter.getSignatureRunner('read');
      run = () => read.run({});
    });
    await refusal(run!, 'DISPOSED');
  });

  test('are what the tasks of the toolkit run when asked to', async () => {
    const model = octolite.loadModel(counterModel());
    const samples = [{ amount: one(1) }, { amount: one(2) }];
    const { subgraphs } = await octolite.calibrate(model, samples, { signature: 'add' });
    expect(subgraphs[0]).toMatchObject({ subgraph: 0, samples: 2 });
    expect(subgraphs[0]!.tensors.find(({ name }) => name === 'add_x:0')).toMatchObject({ max: 2 });
    const none = [{}];
    const read = { signature: 'read' };
    expect((await octolite.calibrate(model, none, read)).subgraphs[0]!.subgraph).toBe(1);
    const { outputs } = await octolite.compare(model, model, none, read);
    expect(outputs).toMatchObject([{ name: 'read_y:0', count: 1, sqnrDb: 300 }]);
    expect((await octolite.evaluate(model, none, [0], read)).classes).toBe(1);
    expect((await octolite.benchmark(model, { ...read, runs: 2 })).runs).toBe(2);
    for (const task of [
      () => octolite.calibrate(model, none, { signature: 'none' }),
      () => octolite.compare(model, model, none, { signature: 'none' }),
      () => octolite.evaluate(model, none, [0], { signature: 'none' }),
      () => octolite.benchmark(model, { signature: 'none' }),
    ]) {
      await refusal(task, 'INVALID_ARGUMENT');
    }
    model.dispose();
  });

  test('the same in a worker', async () => {
    const worker = await connectWorker();
    const model = await worker.loadModel(counterModel());
    const interpreter = await worker.createInterpreter(model);
    expect(Object.keys(await interpreter.getSignatureList())).toEqual(['add', 'read']);
    const add = await interpreter.getSignatureRunner('add');
    const read = await interpreter.getSignatureRunner('read');
    await add.allocateTensors();
    expect(await add.run({ amount: one(5) })).toEqual({ total: one(15), same: one(15) });
    expect(await read.run({})).toEqual({ total: one(15) });
    expect(Object.keys(await add.getInputDetails())).toEqual(['amount']);
    await add.resizeInputTensor('amount', [2]);
    expect((await add.getInputDetails()).amount!.shape).toEqual([2]);
    expect((await read.getOutputDetails()).total!.dtype).toBe('float32');
    await interpreter.resetVariableTensors();
    expect(await read.run({})).toEqual({ total: one(10) });
    await refusal(() => interpreter.getSignatureRunner('none'), 'INVALID_ARGUMENT');
    worker.terminate();
  });
});

test('operators that cannot run are refused all at once, by name and place', async () => {
  const operator = (custom: string, x: number): TestOperator => ({
    op: { custom },
    inputs: [x],
    outputs: [x + 1],
  });
  const tensors = ['a', 'b', 'c', 'd'].map((name): TestTensor => {
    return { name, type: 'float32', shape: [1] };
  });
  const operators = [operator('FlexErf', 0), operator('Mine', 1), operator('FlexErf', 2)];
  const bytes = modelOf([{ tensors, inputs: [0], outputs: [3], operators }]);
  await withInterpreter(bytes, async (interpreter) => {
    for (const action of [
      () => interpreter.allocateTensors(),
      () => interpreter.run(one(1)),
      () => interpreter.setTensor(0, one(1)),
    ]) {
      const { message } = await refusal(action, 'UNSUPPORTED_OPERATOR');
      expect(message).toContain("cannot run 'FlexErf' (operator 0), 'Mine' (operator 1)");
    }
  });
  const worker = await connectWorker();
  const there = await worker.createInterpreter(await worker.loadModel(bytes));
  const { message } = await refusal(() => there.run(one(1)), 'UNSUPPORTED_OPERATOR');
  expect(message).toContain("'FlexErf' (operator 0), 'Mine' (operator 1)");
  worker.terminate();
});
