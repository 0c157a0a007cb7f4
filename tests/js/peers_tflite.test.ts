/**
 * What users of TensorFlow Lite's Python interpreter do, step by step, with the names of
 * docs/moving/from-tflite-python.md; held to what LiteRT answers.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  load,
  type Interpreter,
  type InterpreterOptions,
  type Octolite,
  type TensorInput,
} from 'octolite';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplePictures, usingInterpreter } from './support/engine.js';
import { refusal } from './support/errors.js';
import { inTemporaryFolder, SAMPLE_MODEL, sampleModelBytes } from './support/files.js';
import { goldenCases, type GoldenCase, type GoldenTensor } from './support/goldens.js';
import { counterModel, modelOf, TYPES } from './support/make_models.js';

let octolite: Octolite;
beforeAll(async () => {
  octolite = await load();
});
afterAll(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

/** Interpreter(model_content=...), and the end of its life. */
const withInterpreter = (
  content: Uint8Array,
  use: (interpreter: Interpreter) => unknown,
  { on = octolite, ...options }: InterpreterOptions & { on?: Octolite } = {},
): Promise<void> => usingInterpreter(on, content, use, options);

/** The array that NumPy would have: of the tensor's own type. */
function arrayOf({ type, bytes }: GoldenTensor): TensorInput {
  const arrays = {
    [TYPES.float32]: Float32Array,
    [TYPES.int8]: Int8Array,
    [TYPES.uint8]: Uint8Array,
    [TYPES.int16]: Int16Array,
    [TYPES.int32]: Int32Array,
  };
  return new arrays[type as keyof typeof arrays](bytes.buffer as ArrayBuffer);
}

/** allocate_tensors, set_tensor for each input, invoke, get_tensor for each output. */
function outputsOf(interpreter: Interpreter, { inputs, runs }: GoldenCase): Uint8Array[] {
  interpreter.allocateTensors();
  const details = interpreter.getInputDetails();
  inputs.forEach((input, i) => interpreter.setTensor(details[i]!.index, arrayOf(input)));
  for (let i = 0; i < runs; ++i) interpreter.invoke();
  return interpreter.getOutputDetails().map(({ index }) => {
    const { buffer } = interpreter.getTensor(index) as Int8Array;
    return new Uint8Array(buffer);
  });
}

const isInteger = ({ type }: GoldenTensor): boolean =>
  ([TYPES.int8, TYPES.uint8, TYPES.int16] as number[]).includes(type);

/** Integer cases: their answers are the same to the byte everywhere. */
function integerCases(file: string): GoldenCase[] {
  return goldenCases(file).filter(
    ({ inputs, outputs }) => inputs.every(isInteger) && outputs.every(isInteger),
  );
}

const GOLDENS = ['conv_2d', 'depthwise_conv_2d', 'fully_connected', 'add', 'mul', 'softmax'];

describe.each(GOLDENS)('%s', (file) => {
  const cases = integerCases(file);

  test('default resolver: the bytes of LiteRT', async () => {
    expect(cases.length).toBeGreaterThan(3);
    for (const golden of cases) {
      await withInterpreter(golden.model, (interpreter) => {
        const [name, expected] = [golden.name, golden.outputs.map(({ bytes }) => bytes)];
        expect([name, outputsOf(interpreter, golden)]).toEqual([name, expected]);
      });
    }
  });

  test('BUILTIN_REF is the arithmetic `reference`: the bytes of the reference kernels', async () => {
    const having = cases.filter(({ hasReference }) => hasReference);
    expect(having.length).toBeGreaterThan(3);
    for (const golden of having) {
      await withInterpreter(
        golden.model,
        (interpreter) => {
          const [name, expected] = [golden.name, golden.outputs.map(({ reference }) => reference)];
          expect([name, outputsOf(interpreter, golden)]).toEqual([name, expected]);
        },
        { arithmetic: 'reference' },
      );
    }
  });
});

test('the two resolvers do not always agree', () => {
  const differing = GOLDENS.flatMap(integerCases).filter(({ outputs }) =>
    outputs.some(({ bytes, reference }) => Buffer.compare(bytes, reference) !== 0),
  );
  expect(differing.length).toBeGreaterThan(0);
});

test('Interpreter(model_path) and Interpreter(model_content)', async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'model.tflite');
    await writeFile(path, sampleModelBytes());
    const results: unknown[] = [];
    for (const content of [await readFile(path), sampleModelBytes()]) {
      await withInterpreter(content, (interpreter) => {
        results.push(interpreter.run(new Float32Array(40 * 40 * 3).fill(0.5)));
      });
    }
    expect(results[0]).toEqual(results[1]);
  });
});

test('a set of pictures: right as often as in LiteRT', async () => {
  const model = octolite.loadModel(await readFile(SAMPLE_MODEL));
  const { data, labels } = await samplePictures({ octolite, model }, 'evaluation', Infinity);
  model.dispose();
  await withInterpreter(await readFile(SAMPLE_MODEL), async (interpreter) => {
    interpreter.allocateTensors();
    const [input] = interpreter.getInputDetails();
    const [output] = interpreter.getOutputDetails();
    let right = 0;
    for (const [i, label] of labels.entries()) {
      interpreter.setTensor(input!.index, (await data.sample(i)) as Float32Array);
      interpreter.invoke();
      const scores = interpreter.getTensor(output!.index) as Float32Array;
      if (scores.indexOf(Math.max(...scores)) === label) ++right;
    }
    // What examples/sample-model/README.md has from there.
    expect(((100 * right) / labels.length).toFixed(1)).toBe('94.0');
  });
});

test('get_input_details and get_output_details', async () => {
  await withInterpreter(await readFile(SAMPLE_MODEL), (interpreter) => {
    interpreter.allocateTensors();
    expect(interpreter.getInputDetails()).toMatchObject([
      {
        name: 'image',
        index: 0,
        shape: [1, 40, 40, 3],
        shapeSignature: [1, 40, 40, 3],
        dtype: 'float32',
        quantization: { scale: 0, zeroPoint: 0, scales: [], zeroPoints: [] },
      },
    ]);
    expect(interpreter.getOutputDetails()).toMatchObject([
      { name: 'probabilities', shape: [1, 16], dtype: 'float32' },
    ]);
  });

  const quantized = integerCases('conv_2d')[0]!;
  await withInterpreter(quantized.model, (interpreter) => {
    const { dtype, quantization } = interpreter.getInputDetails()[0]!;
    expect(dtype).toBe('int8');
    expect(quantization.scale).toBeGreaterThan(0);
    expect(quantization.scales).toEqual([quantization.scale]);
    expect(quantization.zeroPoints).toEqual([quantization.zeroPoint]);
    expect(quantization.quantizedDimension).toBe(0);
  });
});

/** y = a + b */
function sumModel(shape: number[]): Uint8Array {
  return modelOf([
    {
      tensors: ['a', 'b', 'y'].map((name) => ({ name, type: 'float32', shape })),
      inputs: [0, 1],
      outputs: [2],
      operators: [{ op: 'add', inputs: [0, 1], outputs: [2] }],
    },
  ]);
}

test('resize_tensor_input, allocate_tensors again, and strict', async () => {
  await withInterpreter(sumModel([-1, 2]), async (interpreter) => {
    const [a, b] = interpreter.getInputDetails();
    const [y] = interpreter.getOutputDetails();
    expect([a!.shape, a!.shapeSignature]).toEqual([
      [1, 2],
      [-1, 2],
    ]);
    interpreter.resizeInputTensor(a!.index, [3, 2]);
    interpreter.resizeInputTensor(b!.index, [3, 2], { strict: true });
    interpreter.allocateTensors();
    expect(interpreter.getOutputDetails()[0]!.shape).toEqual([3, 2]);
    interpreter.setTensor(a!.index, new Float32Array([1, 2, 3, 4, 5, 6]));
    interpreter.setTensor(b!.index, new Float32Array(6).fill(0.5));
    interpreter.invoke();
    expect(interpreter.getTensor(y!.index)).toEqual(
      new Float32Array([1.5, 2.5, 3.5, 4.5, 5.5, 6.5]),
    );
    // RuntimeError: ResizeInputTensorStrict only allows mutating unknown dimensions.
    const strict = { strict: true };
    await refusal(() => interpreter.resizeInputTensor(a!.index, [3, 3], strict), 'SHAPE_MISMATCH');
  });
});

test('get_signature_list and get_signature_runner', async () => {
  await withInterpreter(sampleModelBytes(), (interpreter) => {
    expect(interpreter.getSignatureList()).toEqual({
      serving_default: { inputs: ['image'], outputs: ['probabilities'] },
    });
    const runner = interpreter.getSignatureRunner('serving_default');
    expect(Object.keys(runner.getInputDetails())).toEqual(['image']);
    expect(Object.keys(runner.getOutputDetails())).toEqual(['probabilities']);
    const image = new Float32Array(40 * 40 * 3).fill(0.25);
    const { probabilities } = runner.run({ image });
    interpreter.setTensor('image', image);
    interpreter.invoke();
    expect(probabilities).toEqual(interpreter.getTensor('probabilities'));
    // Without a key where there is one, as get_signature_runner().
    expect(interpreter.getSignatureRunner().key).toBe('serving_default');
  });
});

test('reset_all_variables', async () => {
  // The golden answers are those of several runs on the same inputs, so that state shows.
  const kept = goldenCases('unidirectional_sequence_lstm').find(
    ({ runs, inputs, outputs }) => runs > 1 && [...inputs, ...outputs].every(isInteger),
  );
  const once = new Float32Array([1]);
  await withInterpreter(counterModel(), (interpreter) => {
    expect(interpreter.run(once)).toEqual({ 'add_y:0': new Float32Array([11]) });
    expect(interpreter.run(once)).toEqual({ 'add_y:0': new Float32Array([12]) });
    interpreter.resetVariableTensors();
    expect(interpreter.run(once)).toEqual({ 'add_y:0': new Float32Array([11]) });
  });
  expect(kept).toBeDefined();
  await withInterpreter(kept!.model, (interpreter) => {
    const expected = kept!.outputs.map(({ bytes }) => bytes);
    expect(outputsOf(interpreter, kept!)).toEqual(expected);
    expect(outputsOf(interpreter, kept!)).not.toEqual(expected);
    interpreter.resetVariableTensors();
    expect(outputsOf(interpreter, kept!)).toEqual(expected);
  });
});

test('tensor(index)(): a view, instead of a copy', async () => {
  await withInterpreter(sumModel([4]), (interpreter) => {
    const [a, b] = interpreter.getInputDetails();
    const [y] = interpreter.getOutputDetails();
    interpreter.allocateTensors();
    interpreter.setTensor(b!.index, new Float32Array(4).fill(0.5));
    for (const value of [1, 2, 3]) {
      // interpreter.tensor(a)()[:] = value
      interpreter.withView(a!.index, (view: Float32Array) => view.fill(value));
      interpreter.invoke();
      const largest = interpreter.withView(y!.index, (view: Float32Array, { name }) => {
        expect(name).toBe('y');
        return Math.max(...view);
      });
      expect(largest).toBe(value + 0.5);
    }
    // A copy keeps what it had.
    const copy = interpreter.getTensor(y!.index);
    interpreter.withView(a!.index, (view: Float32Array) => view.fill(0));
    interpreter.invoke();
    expect(copy).toEqual(new Float32Array(4).fill(3.5));
  });
});

test('num_threads: the same results', async () => {
  const threaded = await load({ threads: 2 });
  for (const golden of integerCases('conv_2d').slice(0, 4)) {
    await withInterpreter(
      golden.model,
      (interpreter) => {
        expect(outputsOf(interpreter, golden)).toEqual(golden.outputs.map(({ bytes }) => bytes));
      },
      { on: threaded },
    );
  }
});

test('experimental_preserve_all_tensors: results in the middle', async () => {
  const model = modelOf([
    {
      tensors: ['a', 'b', 'c', 'y'].map((name) => ({ name, type: 'float32', shape: [2] })),
      inputs: [0, 1],
      outputs: [3],
      operators: [
        { op: 'add', inputs: [0, 1], outputs: [2] },
        { op: 'add', inputs: [2, 2], outputs: [3] },
      ],
    },
  ]);
  const [a, b] = [new Float32Array([1, 2]), new Float32Array([10, 20])];
  await withInterpreter(
    model,
    (interpreter) => {
      expect(interpreter.run({ a, b })).toEqual({ y: new Float32Array([22, 44]) });
      expect(interpreter.getTensor(2)).toEqual(new Float32Array([11, 22]));
    },
    { keepAllTensors: true },
  );
  // Else ValueError: Tensor data is null.
  await withInterpreter(model, async (interpreter) => {
    interpreter.run({ a, b });
    await refusal(() => interpreter.getTensor(2), 'INVALID_ARGUMENT');
  });
});

test('num_subgraphs, _get_ops_details and get_tensor_details', () => {
  const model = octolite.loadModel(counterModel());
  const { subgraphs } = octolite.inspect(model);
  expect(subgraphs).toHaveLength(3);
  expect(subgraphs[0]!.operators[3]).toMatchObject({
    index: 3,
    name: 'ADD',
    inputs: [2, 0],
    outputs: [3],
  });
  model.dispose();
});

test('quantized inputs and outputs: by hand as in Python, or by themselves', async () => {
  const model = octolite.loadModel(sampleModelBytes());
  const samples = [0.1, 0.5, 0.9].map((value) => new Float32Array(40 * 40 * 3).fill(value));
  const { bytes } = await octolite.quantize(model, {
    recipe: 'static_wi8_ai8',
    calibration: samples,
    inputType: 'int8',
    outputType: 'int8',
  });
  model.dispose();
  await withInterpreter(bytes, (interpreter) => {
    const [input] = interpreter.getInputDetails();
    const [output] = interpreter.getOutputDetails();
    const { scale, zeroPoint } = input!.quantization;
    const byHand = Int8Array.from(samples[1]!, (x) => Math.round(x / scale) + zeroPoint);
    interpreter.setTensor(input!.index, byHand);
    interpreter.invoke();
    const first = interpreter.getTensor(output!.index);
    expect(Object.prototype.toString.call(first)).toBe('[object Int8Array]');
    interpreter.setTensor(input!.index, samples[1]!);
    expect(interpreter.getTensor(input!.index)).toEqual(byHand);
    interpreter.invoke();
    expect(interpreter.getTensor(output!.index)).toEqual(first);

    // scale * (q - zero_point), by hand and on request.
    const result = output!.quantization;
    expect(interpreter.getTensor(output!.index, { dequantize: true })).toEqual(
      Float32Array.from(first as Int8Array, (q) => result.scale * (q - result.zeroPoint)),
    );
    // Real numbers whatever the array's type, and codes whatever they look like.
    interpreter.setTensor(input!.index, new Uint8Array(4800).fill(1), { quantize: true });
    const ones = interpreter.getTensor(input!.index);
    expect(ones).toEqual(
      new Int8Array(4800).fill(Math.min(127, Math.round(1 / scale) + zeroPoint)),
    );
    return refusal(
      () => interpreter.setTensor(input!.index, samples[1]!, { quantize: false }),
      'TYPE_MISMATCH',
    );
  });
});

describe('what Python refuses', () => {
  test('no model, or a damaged one', async () => {
    await refusal(() => octolite.loadModel(new Uint8Array(0)), 'INVALID_MODEL');
    await refusal(() => octolite.loadModel(new Uint8Array(1000)), 'INVALID_MODEL');
    await refusal(() => octolite.loadModel(sampleModelBytes().slice(0, 5000)), 'INVALID_MODEL');
  });

  test('set_tensor with another type, shape or index', async () => {
    const [golden] = integerCases('conv_2d');
    await withInterpreter(golden!.model, async (interpreter) => {
      const [{ index, shape } = { index: 0, shape: [] }] = interpreter.getInputDetails();
      const size = (shape as number[]).reduce((product, length) => product * length, 1);
      const wide = new Int32Array(size).fill(1000);
      await refusal(() => interpreter.setTensor(index, wide), 'TYPE_MISMATCH');
      const short = new Int8Array(size - 1);
      await refusal(() => interpreter.setTensor(index, short), 'SHAPE_MISMATCH');
      await refusal(() => interpreter.setTensor(999, new Int8Array(size)), 'INVALID_ARGUMENT');
      await refusal(() => interpreter.getTensor(999), 'INVALID_ARGUMENT');
    });
  });

  test('an operator that is not there', async () => {
    const model = modelOf([
      {
        tensors: ['x', 'y'].map((name) => ({ name, type: 'float32', shape: [1] })),
        inputs: [0],
        outputs: [1],
        operators: [{ op: { custom: 'Mine' }, inputs: [0], outputs: [1] }],
      },
    ]);
    await withInterpreter(model, async (interpreter) => {
      const { message } = await refusal(
        () => interpreter.allocateTensors(),
        'UNSUPPORTED_OPERATOR',
      );
      expect(message).toContain("'Mine'");
    });
  });

  test('a signature that is not there', async () => {
    await withInterpreter(sampleModelBytes(), async (interpreter) => {
      const { message } = await refusal(
        () => interpreter.getSignatureRunner('predict'),
        'INVALID_ARGUMENT',
      );
      expect(message).toContain('serving_default');
      const runner = interpreter.getSignatureRunner('serving_default');
      await refusal(() => runner.run({}), 'INVALID_ARGUMENT');
      await refusal(() => runner.run({ picture: new Float32Array(4800) }), 'INVALID_ARGUMENT');
    });
  });
});
