/** How values go into tensors and come out of them, beyond plain setTensor and getTensor. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  load,
  type CustomOp,
  type Interpreter,
  type InterpreterOptions,
  type Octolite,
  type TensorInput,
  type TensorValues,
} from 'octolite';
import { refusal } from './support/errors.js';
import { usingInterpreter, withSampleModel } from './support/engine.js';
import { counterModel, echo, modelOf, TYPES, type TestTensor } from './support/make_models.js';

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

type Case = [TestTensor['type'], number, number];
const QUANTIZED: readonly Case[] = [
  ['int8', 0.5, -1],
  ['uint8', 0.5, 128],
  ['int16', 0.25, 0],
  ['int32', 0.125, 0],
];

describe('quantize and dequantize', () => {
  test.each(QUANTIZED)('%s of scale %f and zero point %i', async (type, scale, zeroPoint) => {
    const reals = new Float32Array([0, 1, -2, 10]);
    const codes = Array.from(reals, (real) => real / scale + zeroPoint);
    await withInterpreter(echo(type, [2, 2], { scale, zeroPoint }), (interpreter) => {
      // Real numbers in an array of integers.
      interpreter.setTensor('x', new Int32Array(reals), { quantize: true });
      expect(Array.from(interpreter.getTensor('x') as Int8Array)).toEqual(codes);
      expect(interpreter.getTensor('x', { dequantize: true })).toEqual(reals);
      interpreter.setTensor('x', new Float64Array(reals), { quantize: true });
      expect(interpreter.getTensor(0, { dequantize: true })).toEqual(reals);
      const own = interpreter.getTensor('x');
      // The tensor's own, by default and by order.
      for (const options of [{}, { quantize: false }]) {
        interpreter.setTensor('x', new Int32Array(codes), options);
        expect(interpreter.getTensor('x', { dequantize: false })).toEqual(own);
      }
      expect(interpreter.run(new BigInt64Array([0n, 1n, -2n, 10n]), { quantize: true })).toEqual({
        x: own,
      });
      expect(interpreter.run(reals, { dequantize: true })).toEqual({ x: reals });
    });
  });

  test('of the own type, too, when they are said to be real', async () => {
    await withInterpreter(echo('uint8', [2], { scale: 0.5, zeroPoint: 3 }), (interpreter) => {
      const numbers = new Uint8Array([0, 4]);
      interpreter.setTensor('x', numbers);
      expect(interpreter.getTensor('x')).toEqual(numbers);
      interpreter.setTensor('x', numbers, { quantize: true });
      expect(interpreter.getTensor('x')).toEqual(new Uint8Array([3, 11]));
    });
  });

  test('floats for integers are refused where all is to be raw', async () => {
    const REFUSED: readonly TestTensor['type'][] = ['int8', 'uint8', 'int16', 'int32', 'int64'];
    for (const type of REFUSED) {
      await withInterpreter(echo(type, [2], { scale: 1, zeroPoint: 0 }), async (interpreter) => {
        for (const values of [new Float32Array(2), new Float64Array(2)]) {
          const action = () => interpreter.setTensor('x', values, { quantize: false });
          const { details } = await refusal(action, 'TYPE_MISMATCH');
          expect(details).toMatchObject({ tensorName: 'x', hint: expect.any(String) });
          await refusal(() => interpreter.run(values, { quantize: false }), 'TYPE_MISMATCH');
        }
      });
    }
  });

  test('float16 as bits and as real numbers', async () => {
    await withInterpreter(echo('float16', [2]), (interpreter) => {
      const bits = new Uint16Array([0x3c00, 0xc000]);
      interpreter.setTensor('x', bits);
      expect(interpreter.getTensor('x')).toEqual(bits);
      expect(interpreter.getTensor('x', { dequantize: true })).toEqual(new Float32Array([1, -2]));
      // Whole numbers that are real.
      interpreter.setTensor('x', new Uint16Array([1, 2]), { quantize: true });
      expect(interpreter.getTensor('x')).toEqual(new Uint16Array([0x3c00, 0x4000]));
      expect(interpreter.run(new Float32Array([1, -2]), { quantize: false })).toEqual({ x: bits });
    });
  });

  const PLAIN: readonly [TestTensor['type'], TensorInput][] = [
    ['float32', new Float32Array([1.5, -2])],
    ['float64', new Float64Array([1.5, -2])],
    ['int32', new Int32Array([-3, 4])],
    ['int64', new BigInt64Array([-(2n ** 63n), 4n])],
    ['bool', new Uint8Array([1, 0])],
    ['string', ['a', 'Grüße']],
  ];
  test.each(PLAIN)('%s without a scale stays as it is', async (type, values) => {
    await withInterpreter(echo(type, [2]), (interpreter) => {
      interpreter.setTensor('x', values, { quantize: true });
      expect(interpreter.getTensor('x', { dequantize: true })).toEqual(values);
      expect(interpreter.run({ x: values }, { quantize: true, dequantize: true })).toEqual({
        x: values,
      });
    });
  });

  test('an inner tensor has its own scale', async () => {
    const int8 = (name: string, scale: number): TestTensor => ({
      name,
      type: 'int8',
      shape: [2],
      scale,
      zeroPoint: 0,
    });
    const model = modelOf([
      {
        tensors: [int8('x', 1), int8('twice', 2), int8('y', 4)],
        inputs: [0],
        outputs: [2],
        operators: [
          { op: 'add', inputs: [0, 0], outputs: [1] },
          { op: 'add', inputs: [1, 1], outputs: [2] },
        ],
      },
    ]);
    const use = (interpreter: Interpreter) => {
      interpreter.run(new Float32Array([1, 3]));
      expect(interpreter.getTensor(1)).toEqual(new Int8Array([1, 3]));
      expect(interpreter.getTensor(1, { dequantize: true })).toEqual(new Float32Array([2, 6]));
      expect(interpreter.getTensor('y', { dequantize: true })).toEqual(new Float32Array([4, 12]));
    };
    await withInterpreter(model, use, { keepAllTensors: true });
  });

  test('every tensor has details', async () => {
    const bytes = modelOf([
      {
        tensors: [
          { name: 'x', type: 'int8', shape: [2], scale: 1, zeroPoint: 0 },
          { name: 'between', type: 'int8', shape: [2], scale: 2, zeroPoint: 5 },
          { name: 'y', type: 'int8', shape: [2], scale: 4, zeroPoint: 0 },
        ],
        inputs: [0],
        outputs: [2],
        operators: [
          { op: 'add', inputs: [0, 0], outputs: [1] },
          { op: 'add', inputs: [1, 1], outputs: [2] },
        ],
      },
    ]);
    const use = (interpreter: Interpreter) => {
      expect(interpreter.getTensorDetails(1)).toMatchObject({
        name: 'between',
        index: 1,
        shape: [2],
        dtype: 'int8',
        quantization: { scale: 2, zeroPoint: 5 },
      });
      expect(interpreter.getTensorDetails('y')).toEqual(interpreter.getOutputDetails()[0]);
      expect(() => interpreter.getTensorDetails(9)).toThrow(/tensor/);
    };
    await withInterpreter(bytes, use);
  });
});

describe('withView', () => {
  const VIEWED: readonly [TestTensor['type'], TensorValues][] = [
    ['float32', new Float32Array([1.5, -2])],
    ['float64', new Float64Array([1.5, -2])],
    ['float16', new Uint16Array([0x3c00, 0xc000])],
    ['int8', new Int8Array([-128, 127])],
    ['uint8', new Uint8Array([0, 255])],
    ['int16', new Int16Array([-32768, 32767])],
    ['uint16', new Uint16Array([1, 65535])],
    ['int32', new Int32Array([-5, 6])],
    ['uint32', new Uint32Array([5, 4294967295])],
    ['int64', new BigInt64Array([-(2n ** 63n), 1n])],
    ['uint64', new BigUint64Array([0n, 2n ** 64n - 1n])],
    ['bool', new Uint8Array([1, 0])],
    ['complex64', new Float32Array([1, -1, 2, -2])],
  ];

  test.each(VIEWED)('%s is written and read in place', async (type, values) => {
    await withInterpreter(echo(type, [2]), (interpreter) => {
      const length = interpreter.withView('x', (view, details) => {
        expect(details).toMatchObject({ name: 'x', dtype: type, shape: [2] });
        expect(view.constructor).toBe(values.constructor);
        (view as Float32Array).set(values as Float32Array);
        return view.length;
      });
      expect(length).toBe(values.length);
      interpreter.invoke();
      expect(interpreter.getTensor('x')).toEqual(values);
      interpreter.withView(0, (view) => expect(view).toEqual(values));
    });
  });

  test('every type of the format that has numbers is among them', () => {
    expect(VIEWED.map(([type]) => type).sort()).toEqual(
      Object.keys(TYPES)
        .filter((type) => type !== 'resource' && type !== 'string')
        .sort(),
    );
  });

  test('of inputs and outputs, by name and index, and of what is not one', async () => {
    const tensor = (name: string): TestTensor => ({ name, type: 'float32', shape: [2] });
    const model = modelOf([
      {
        tensors: [tensor('a'), tensor('b'), tensor('inner'), tensor('y')],
        inputs: [0, 1],
        outputs: [3],
        operators: [
          { op: 'add', inputs: [0, 1], outputs: [2] },
          { op: 'add', inputs: [2, 1], outputs: [3] },
        ],
      },
    ]);
    const use = async (interpreter: Interpreter) => {
      interpreter.withView('a', (view: Float32Array) => view.set([1, 2]));
      interpreter.withView(1, (view: Float32Array) => view.set([10, 20]));
      interpreter.invoke();
      expect(interpreter.withView('y', (view) => [...view])).toEqual([21, 42]);
      expect(interpreter.withView(3, (view) => [...view])).toEqual([21, 42]);
      for (const none of [2, 99, 'inner', 'z']) {
        await refusal(() => interpreter.withView(none, () => 0), 'INVALID_ARGUMENT');
      }
    };
    await withInterpreter(model, use, { keepAllTensors: true });
  });

  test('by the names of a signature', async () => {
    const use = (interpreter: Interpreter) => {
      interpreter.withView('amount', (view) => view.fill(5 as never));
      interpreter.invoke();
      expect(interpreter.withView('total', (view) => view[0])).toBe(15);
    };
    await withInterpreter(counterModel(), use, { signature: 'add' });
  });

  test('strings have none', async () => {
    await withInterpreter(echo('string', [1]), (interpreter) =>
      refusal(() => interpreter.withView('x', () => 0), 'TYPE_MISMATCH'),
    );
  });

  test('the callback is synchronous and does not call back', async () => {
    await withInterpreter(echo('float32', [1]), async (interpreter) => {
      const inside: readonly (() => unknown)[] = [
        () => interpreter.invoke(),
        () => interpreter.getTensor('x'),
        () => interpreter.withView('x', () => 0),
        () => interpreter.dispose(),
        () => octolite.runtimeInfo(),
        () => octolite.loadModel(echo('float32', [1])),
      ];
      for (const call of inside) {
        const { message } = await refusal(
          () => interpreter.withView('x', call),
          'INVALID_ARGUMENT',
        );
        expect(message).toContain('the callback of withView called the library');
      }
      const waiting = () => interpreter.withView('x', () => Promise.reject(new Error('no')));
      const { message } = await refusal(waiting, 'INVALID_ARGUMENT');
      expect(message).toContain('not synchronous');
      // What the callback throws comes out as it is, and the library works on.
      const thrown = new Error('mine');
      expect(() =>
        interpreter.withView('x', () => {
          throw thrown;
        }),
      ).toThrow(thrown);
      expect(interpreter.run(new Float32Array([7]))).toEqual({ x: new Float32Array([7]) });
    });
  });

  test('a custom operator may not either', async () => {
    const model = modelOf([
      {
        tensors: ['x', 'y'].map((name) => ({ name, type: 'float32', shape: [1] })),
        inputs: [0],
        outputs: [1],
        operators: [{ op: { custom: 'Mine' }, inputs: [0], outputs: [1] }],
      },
    ]);
    let mine: Interpreter | undefined;
    const op: CustomOp = {
      prepare: () => [[1]],
      invoke: () => void mine!.withView('x', () => 0),
    };
    await withInterpreter(
      model,
      async (interpreter) => {
        mine = interpreter;
        await refusal(() => interpreter.invoke(), 'CUSTOM_OPERATOR');
      },
      { customOps: { Mine: op } },
    );
  });
});

describe('runBatch and warmUp', () => {
  const context = withSampleModel();

  test('each result is that of a run, in order', () => {
    const { octolite: own, model } = context;
    const [input] = own.inspect(model).inputs;
    const size = input!.shape.reduce((a, b) => a * b, 1);
    const samples = [0, 1, 2].map((seed) =>
      Float32Array.from({ length: size }, (_, i) => ((i + seed * 7) % 13) / 13),
    );
    const interpreter = own.createInterpreter(model);
    const expected = samples.map((sample) => interpreter.run(sample));
    expect(interpreter.runBatch(samples)).toEqual(expected);
    expect(interpreter.runBatch(new Set(samples), { dequantize: true })).toEqual(expected);
    expect(interpreter.runBatch([])).toEqual([]);
    expect(expected[0]).not.toEqual(expected[1]);
    interpreter.dispose();
  });

  test('options reach every sample, and an error names its own', async () => {
    await withInterpreter(echo('int8', [2], { scale: 0.5, zeroPoint: 0 }), async (interpreter) => {
      const batch = [new Int32Array([1, 2]), new Int32Array([3, 4])];
      expect(interpreter.runBatch(batch, { quantize: true, dequantize: true })).toEqual(
        batch.map((values) => ({ x: new Float32Array(values) })),
      );
      const bad = [batch[0]!, new Int32Array(3)];
      const { message } = await refusal(() => interpreter.runBatch(bad), 'SHAPE_MISMATCH');
      expect(message).toMatch(/^sample 1: 3 values given/);
      for (const none of [batch[0]!, 5, null, {}]) {
        await refusal(() => interpreter.runBatch(none as never), 'INVALID_ARGUMENT');
      }
    });
  });

  test('a warm-up leaves no trace in variables', async () => {
    await withInterpreter(counterModel(), (interpreter) => {
      const add = interpreter.getSignatureRunner('add');
      const totals = (batch: number[]) =>
        add
          .runBatch(batch.map((amount) => ({ amount: new Float32Array([amount]) })))
          .map(({ total }) => total![0]);
      expect(totals([1, 2])).toEqual([11, 13]);
      add.warmUp(3);
      expect(totals([1, 2])).toEqual([11, 13]);
      interpreter.warmUp();
      expect(totals([5])).toEqual([15]);
    });
  });

  test('a warm-up gives zeros and empty strings to the model', async () => {
    const seen: TensorValues[][] = [];
    const op: CustomOp = {
      prepare: () => [[1]],
      invoke: (inputs) => void seen.push(inputs.map((input) => input!.data.slice())),
    };
    const model = modelOf([
      {
        tensors: [
          { name: 'a', type: 'float32', shape: [2] },
          { name: 's', type: 'string', shape: [2] },
          { name: 'y', type: 'float32', shape: [1] },
        ],
        inputs: [0, 1],
        outputs: [2],
        operators: [{ op: { custom: 'Mine' }, inputs: [0, 1], outputs: [2] }],
      },
    ]);
    const use = async (interpreter: Interpreter) => {
      interpreter.run({ a: new Float32Array([1, 2]), s: ['b', 'c'] });
      interpreter.warmUp(2);
      const zeros = [new Float32Array(2), ['', '']];
      expect(seen).toEqual([[new Float32Array([1, 2]), ['b', 'c']], zeros, zeros]);
      for (const runs of [0, -1, 1.5, NaN]) {
        await refusal(() => interpreter.warmUp(runs), 'INVALID_ARGUMENT');
      }
    };
    await withInterpreter(model, use, { customOps: { Mine: op } });
  });
});
