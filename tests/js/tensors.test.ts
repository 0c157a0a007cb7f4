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
