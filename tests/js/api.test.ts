import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  load,
  randomSamples,
  recipe,
  toReal,
  VERSION,
  type CalibrationStatistics,
  type Progress,
  type Sample,
  type TypedArray,
} from 'octolite';
import { refusal } from './support/errors.js';
import { samplePictures, withSampleModel } from './support/engine.js';
import { ROOT, sampleModelBytes } from './support/files.js';

const context = withSampleModel();

describe('load', () => {
  test('says what runs and why', () => {
    const info = context.octolite.runtimeInfo();
    expect(info.version).toBe(VERSION);
    expect(['simd128', 'relaxed', 'threads']).toContain(info.variant);
    expect(info.variantReason).not.toBe('');
    expect(['unsigned', 'signed', 'none']).toContain(info.dotProduct);
    expect(info.compiler).toContain('Emscripten');
    expect(info.memoryBytes).toBeGreaterThan(0);
  });

  test('the version is the package’s', () => {
    const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
    expect((JSON.parse(text) as { version: string }).version).toBe(VERSION);
  });

  test('takes the binary as bytes, compiled, or by its place', async () => {
    const wasm = join(ROOT, 'dist/wasm');
    const bytes = readFileSync(join(wasm, 'octolite-simd128.wasm'));
    const variant = 'simd128';
    const wasmModule = await WebAssembly.compile(bytes);
    for (const options of [
      { variant, wasmBinary: bytes },
      { variant, wasmModule },
      { variant, baseUrl: `file://${wasm}` },
    ] as const) {
      const octolite = await load(options);
      expect(octolite.runtimeInfo().variantReason).toBe('you asked for it');
      octolite.loadModel(sampleModelBytes()).dispose();
    }
  });

  test('refuses what cannot be loaded', async () => {
    await refusal(() => load({ wasmBinary: new Uint8Array(8) }), 'WASM_UNAVAILABLE');
    await refusal(() => load({ baseUrl: 'file:///no/such/folder' }), 'WASM_UNAVAILABLE');
    await refusal(() => load({ variant: 'scalar' as 'simd128' }), 'INVALID_ARGUMENT');
  });
});

describe('loadModel', () => {
  test('takes any kind of bytes, also a part of a buffer', () => {
    const bytes = sampleModelBytes();
    const padded = new Uint8Array(bytes.length + 10);
    padded.set(bytes, 5);
    const part = padded.subarray(5, 5 + bytes.length);
    for (const given of [part, part.slice().buffer, new DataView(padded.buffer, 5, bytes.length)]) {
      const model = context.octolite.loadModel(given);
      expect(model.byteLength).toBe(bytes.length);
      model.dispose();
    }
  });

  test('copies: the caller may change the bytes afterwards', async () => {
    const bytes = new Uint8Array(sampleModelBytes());
    const model = context.octolite.loadModel(bytes);
    bytes.fill(0);
    const report = await context.octolite.compare(context.model, model, randomOf(1));
    expect(report.outputs[0]!.sqnrDb).toBe(300);
    model.dispose();
  });

  test('refuses what is no model, saying what is wrong', async () => {
    const { octolite } = context;
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode('This is a text file, not a model.'),
      sampleModelBytes().subarray(0, 20000),
    ]) {
      const { message } = await refusal(() => octolite.loadModel(bytes), 'INVALID_MODEL');
      expect(message.length).toBeGreaterThan(10);
    }
    await refusal(() => octolite.loadModel('path' as unknown as Uint8Array), 'INVALID_ARGUMENT');
  });
});

function randomOf(count: number): Iterable<Sample> {
  return randomSamples(context.octolite.inspect(context.model).inputs, count);
}

describe('inspect', () => {
  test('says what is in the sample model', () => {
    const inspection = context.octolite.inspect(context.model);
    expect(inspection.kind).toBe('float32');
    expect(inspection.quantizable).toBe(true);
    expect(inspection.fileBytes).toBe(context.model.byteLength);
    expect(inspection.weightBytes + inspection.metadataBytes + inspection.otherBytes).toBe(
      inspection.fileBytes,
    );
    expect(inspection.inputs).toMatchObject([{ dtype: 'float32', shapeSignature: [1, 40, 40, 3] }]);
    expect(inspection.outputs).toMatchObject([{ dtype: 'float32', shape: [1, 16] }]);
    expect(inspection.outputs[0]!.quantization).toEqual({
      scale: 0,
      zeroPoint: 0,
      scales: [],
      zeroPoints: [],
      quantizedDimension: 0,
    });
    const { operators } = inspection.subgraphs[0]!;
    const counted = inspection.operatorCounts.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(operators.length);
    expect(operators.at(-1)!.scope).toBe(`${operators.at(-1)!.output};`);
    expect(operators.every(({ supported }) => supported)).toBe(true);
    const [signature] = inspection.signatures;
    expect(Object.values(signature!.inputs)).toEqual([inspection.inputs[0]!.index]);
  });
});

describe('Interpreter', () => {
  function interpreterOf(options = {}) {
    return context.octolite.createInterpreter(context.model, options);
  }

  test('runs as in TensorFlow Lite', () => {
    const interpreter = interpreterOf();
    interpreter.allocateTensors();
    const [input] = interpreter.getInputDetails();
    const [output] = interpreter.getOutputDetails();
    interpreter.setTensor(input!.index, new Float32Array(4800).fill(0.5));
    interpreter.invoke();
    const scores = interpreter.getTensor(output!.index) as Float32Array;
    expect(scores).toHaveLength(16);
    expect(scores.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(interpreter.run(new Float32Array(4800).fill(0.5))).toEqual({ [output!.name]: scores });
    interpreter.dispose();
  });

  test('runs the same by signature, by name and by object', () => {
    const plain = interpreterOf();
    const bySignature = interpreterOf({ signature: 'serving_default' });
    const sample = [...randomOf(1)][0] as readonly TypedArray[];
    const [expected] = Object.values(plain.run(sample));
    const { inputs, outputs } = context.octolite.inspect(context.model).signatures[0]!;
    const result = bySignature.run({ [Object.keys(inputs)[0]!]: sample[0]! });
    expect(result).toEqual({ [Object.keys(outputs)[0]!]: expected });
    plain.setTensor(plain.getInputDetails()[0]!.name, sample[0]!);
    plain.invoke();
    expect(plain.getTensor(plain.getOutputDetails()[0]!.name)).toEqual(expected);
    plain.dispose();
    bySignature.dispose();
  });

  test('what it hands out is the caller’s', () => {
    const interpreter = interpreterOf();
    const first = interpreter.run(new Float32Array(4800));
    const [name] = Object.keys(first);
    const kept = first[name!]!.slice();
    interpreter.run(new Float32Array(4800).fill(1));
    expect(first[name!]).toEqual(kept);
    (first[name!] as Float32Array).fill(9);
    expect(interpreter.run(new Float32Array(4800))[name!]).toEqual(kept);
    interpreter.dispose();
  });

  test('takes other shapes', () => {
    const interpreter = interpreterOf();
    const [input] = interpreter.getInputDetails();
    interpreter.resizeInputTensor(input!.index, [2, 40, 40, 3]);
    interpreter.allocateTensors();
    expect(interpreter.getInputDetails()[0]!.shape).toEqual([2, 40, 40, 3]);
    expect(interpreter.getOutputDetails()[0]!.shape).toEqual([2, 16]);
    const both = interpreter.run(new Float32Array(9600).fill(0.25));
    const scores = Object.values(both)[0] as Float32Array;
    for (let i = 0; i < 16; ++i) expect(scores[i]).toBeCloseTo(scores[16 + i]!, 5);
    interpreter.dispose();
  });

  test('reads what is inside only when asked to keep it', async () => {
    const inside = context.octolite.inspect(context.model).subgraphs[0]!.operators[2]!.outputs[0]!;
    const forgetful = interpreterOf();
    forgetful.run(new Float32Array(4800));
    await refusal(() => forgetful.getTensor(inside), 'INVALID_ARGUMENT');
    const keeping = interpreterOf({ keepAllTensors: true });
    keeping.run(new Float32Array(4800).fill(1));
    expect(keeping.getTensor(inside).length).toBeGreaterThan(0);
    forgetful.dispose();
    keeping.dispose();
  });

  test('refuses what does not fit', async () => {
    const interpreter = interpreterOf();
    const { index, name } = interpreter.getInputDetails()[0]!;
    const short = await refusal(
      () => interpreter.setTensor(index, new Float32Array(7)),
      'SHAPE_MISMATCH',
    );
    expect(short.details).toMatchObject({ tensor: index, tensorName: name });
    await refusal(
      () => interpreter.setTensor('nobody', new Float32Array(4800)),
      'INVALID_ARGUMENT',
    );
    await refusal(() => interpreter.setTensor(99999, new Float32Array(4800)), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.getTensor(99999), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.getTensor('nobody'), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.run({ nobody: new Float32Array(1) }), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.run([]), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.run('pixels' as unknown as Sample), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.resizeInputTensor(index, [1.5]), 'INVALID_ARGUMENT');
    const wide = [1n, 40n, 40n, 3n] as unknown as number[];
    await refusal(() => interpreter.resizeInputTensor(index, wide), 'INVALID_ARGUMENT');
    await refusal(() => interpreter.resizeInputTensor(index, [-1, 2]), 'INVALID_ARGUMENT');
    await refusal(() => interpreterOf({ signature: 'none' }), 'INVALID_ARGUMENT');
    await refusal(() => interpreterOf({ subgraph: 5 }), 'INVALID_ARGUMENT');
    interpreter.resizeInputTensor(index, [1, 40, 40, 4]);
    await refusal(() => interpreter.allocateTensors(), 'INVALID_MODEL');
    interpreter.dispose();
    await refusal(() => interpreter.invoke(), 'DISPOSED');
  });
});

describe('quantize', () => {
  test('static int8 is smaller and as good', async () => {
    const { octolite, model } = context;
    const { data: calibration } = await samplePictures(context, 'calibration', 96);
    const seen: Progress[] = [];
    const { bytes, report, statistics } = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration,
      inputType: 'int8',
      outputType: 'int8',
      onProgress: (progress) => seen.push(progress),
    });
    expect(report.bytesAfter).toBe(bytes.byteLength);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore / 2);
    expect(report.operators.every(({ mode }) => mode === 'static')).toBe(true);
    expect(statistics!.subgraphs[0]!.samples).toBe(96);
    expect(seen.filter(({ stage }) => stage === 'calibrate').at(-1)).toMatchObject({
      stage: 'calibrate',
      done: 96,
      total: 96,
    });

    const quantized = octolite.loadModel(bytes);
    const { inputs, outputs, kind } = octolite.inspect(quantized);
    expect(kind).toContain('int8');
    expect(inputs[0]).toMatchObject({ dtype: 'int8' });
    expect(outputs[0]).toMatchObject({ dtype: 'int8', quantization: { scale: 1 / 256 } });
    const { data, labels } = await samplePictures(context, 'evaluation', 200);
    const float = await octolite.evaluate(model, data, labels);
    const int8 = await octolite.evaluate(quantized, data, labels);
    expect(float.top1).toBeGreaterThan(0.9);
    expect(Math.abs(float.top1 - int8.top1)).toBeLessThanOrEqual(0.01);

    // Statistics serve again, and the order of the samples does not matter.
    const again = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration: structuredClone(statistics!),
      inputType: 'int8',
      outputType: 'int8',
    });
    expect(again.bytes).toEqual(bytes);
    quantized.dispose();
  });

  test.each([
    ['dynamic_wi8_afp32', 'dynamic', 20],
    ['weight_only_wi8_afp32', 'weight_only', 20],
    ['float16', 'float16', 45],
  ] as const)('%s needs no data', async (name, mode, decibels) => {
    const { octolite, model } = context;
    const { bytes, report, ...rest } = await octolite.quantize(model, { recipe: name });
    expect(rest).not.toHaveProperty('statistics');
    expect(report.operators.some((operator) => operator.mode === mode)).toBe(true);
    expect(report.operators.every((one) => one.mode === one.asked || one.reason !== '')).toBe(true);
    const quantized = octolite.loadModel(bytes);
    const { data } = await samplePictures(context, 'evaluation', 20);
    const compared = await octolite.compare(model, quantized, data);
    expect(compared.samples).toBe(20);
    expect(compared.outputs[0]!.sqnrDb).toBeGreaterThan(decibels);
    expect(compared.outputs[0]!.top1Agreement).toBeGreaterThan(0.9);
    quantized.dispose();
  });

  test('rules and keepFloat leave operators alone', async () => {
    const { octolite, model } = context;
    const { operators } = octolite.inspect(model).subgraphs[0]!;
    const dense = operators.find(({ name }) => name === 'FULLY_CONNECTED')!;
    const { report } = await octolite.quantize(model, {
      recipe: [
        ...recipe('dynamic_wi8_afp32'),
        { regex: '.*', operation: 'DEPTHWISE_CONV_2D', algorithm_key: 'no_quantize' },
      ],
      keepFloat: [dense.output.replaceAll(/[^\w]/g, '.')],
    });
    for (const operator of report.operators) {
      if (operator.name === 'CONV_2D') expect(operator.mode).toBe('dynamic');
      if (operator.name === 'DEPTHWISE_CONV_2D') expect(operator.asked).toBe('float');
    }
    expect(report.operators[dense.index]).toMatchObject({ asked: 'float', mode: 'float' });
  });

  test('refuses, saying why', async () => {
    const { octolite, model } = context;
    await refusal(() => octolite.quantize(model, { recipe: 'static_wi8_ai8' }), 'NOT_CALIBRATED');
    await refusal(
      () => octolite.quantize(model, { recipe: 'static_wi8_ai8', calibration: [] }),
      'INVALID_ARGUMENT',
    );
    await refusal(() => octolite.quantize(model, { recipe: 'int2' }), 'INVALID_RECIPE');
    await refusal(
      () =>
        octolite.quantize(model, {
          recipe: 'static_wi8_ai8',
          calibration: randomOf(1),
          inputType: 'int4' as 'int8',
        }),
      'INVALID_ARGUMENT',
    );
    await refusal(
      () =>
        octolite.quantize(model, {
          recipe: 'static_wi8_ai8',
          calibration: { subgraphs: [{}] } as unknown as CalibrationStatistics,
        }),
      'INVALID_ARGUMENT',
    );
    const { bytes } = await octolite.quantize(model, { recipe: 'dynamic_wi8_afp32' });
    const quantized = octolite.loadModel(bytes);
    await refusal(
      () => octolite.quantize(quantized, { recipe: 'dynamic_wi8_afp32' }),
      'ALREADY_QUANTIZED',
    );
    quantized.dispose();
  });
});

describe('long tasks', () => {
  test('stop when asked to, and leave everything usable', async () => {
    const { octolite, model } = context;
    const before = octolite.runtimeInfo().liveHandles;
    const abort = new AbortController();
    await refusal(
      () =>
        octolite.calibrate(model, randomOf(1000), {
          signal: abort.signal,
          onProgress: ({ done }) => {
            if (done === 3) abort.abort();
          },
        }),
      'ABORTED',
    );
    for (const task of [
      () => octolite.calibrate(model, randomOf(1), { signal: abort.signal }),
      () => octolite.quantize(model, { recipe: 'float16', signal: abort.signal }),
      () => octolite.compare(model, model, randomOf(1), { signal: abort.signal }),
      () => octolite.evaluate(model, randomOf(1), [0], { signal: abort.signal }),
      () => octolite.benchmark(model, { signal: abort.signal }),
    ]) {
      await refusal(task, 'ABORTED');
    }
    expect(octolite.runtimeInfo().liveHandles).toBe(before);
    const statistics = await octolite.calibrate(model, randomOf(2));
    expect(statistics.subgraphs[0]!.samples).toBe(2);
  });

  test('take asynchronous samples', async () => {
    const { octolite, model } = context;
    async function* later(): AsyncGenerator<Sample> {
      for (const sample of randomOf(3)) yield await Promise.resolve(sample);
    }
    expect((await octolite.calibrate(model, later())).subgraphs[0]!.samples).toBe(3);
  });

  test('an error of the samples is the caller’s to see', async () => {
    const { octolite, model } = context;
    function* broken(): Generator<Sample> {
      yield [...randomOf(1)][0]!;
      throw new RangeError('mine');
    }
    await expect(octolite.calibrate(model, broken())).rejects.toThrow('mine');
    await refusal(
      () => octolite.calibrate(model, new Float32Array(3) as unknown as Iterable<Sample>),
      'INVALID_ARGUMENT',
    );
  });

  test('compare looks inside', async () => {
    const { octolite, model } = context;
    const { bytes } = await octolite.quantize(model, { recipe: 'float16' });
    const other = octolite.loadModel(bytes);
    const report = await octolite.compare(model, other, randomOf(2), { perLayer: true });
    expect(report.layers!.length).toBeGreaterThan(10);
    expect(report.layers!.every(({ sqnrDb }) => sqnrDb > 20)).toBe(true);
    expect(await octolite.compare(model, other, randomOf(1))).not.toHaveProperty('layers');
    other.dispose();
  });

  test('evaluate takes two models at once', async () => {
    const { octolite, model } = context;
    const { data, labels } = await samplePictures(context, 'evaluation', 60);
    const calibration = (await samplePictures(context, 'calibration', 4)).data;
    const { bytes } = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration,
      inputType: 'int8',
    });
    const small = octolite.loadModel(bytes);
    const both = await octolite.evaluate(model, data, labels, { against: small });
    const { against, ...first } = both;
    expect(first).toEqual(await octolite.evaluate(model, data, labels));
    // Real numbers for an int8 input are quantized.
    const { samples, ...alone } = await octolite.evaluate(small, data, labels);
    expect(samples).toBe(60);
    expect(octolite.inspect(small).inputs[0]!.dtype).toBe('int8');
    expect(against).toMatchObject(alone);
    expect(against!.top1Drop).toBeCloseTo(both.top1 - against!.top1, 12);
    expect(against!.agreement).toBeGreaterThan(0.8);
    small.dispose();
  });

  test('evaluate lists what is taken for what', async () => {
    const { octolite, model } = context;
    const { data, labels } = await samplePictures(context, 'evaluation', 40);
    const right = await octolite.evaluate(model, data, labels);
    // Every label moved by one: what was right is now taken for its neighbour.
    const moved = Array.from(labels, (label) => (label + 1) % 16);
    const wrong = await octolite.evaluate(model, data, moved);
    expect(right.top1).toBeGreaterThan(0.9);
    expect(wrong.top1).toBeLessThan(0.1);
    expect(wrong.worstClasses).toHaveLength(5);
    for (const { samples, correct } of wrong.worstClasses) {
      expect(samples).toBeGreaterThan(0);
      expect(correct).toBe(0);
    }
    const [most] = wrong.confusions;
    expect(most!.label).toBe((most!.predicted + 1) % 16);
    expect(wrong.confusions.map(({ count }) => count)).toEqual(
      wrong.confusions.map(({ count }) => count).sort((a, b) => b - a),
    );
  });

  test('evaluate takes scores of NaN for wrong', async () => {
    const { octolite, model } = context;
    const nothing = new Float32Array(4800).fill(NaN);
    expect((await octolite.evaluate(model, [nothing], [0])).top1).toBe(0);
  });

  test('evaluate wants a label for every sample', async () => {
    const { octolite, model } = context;
    await refusal(() => octolite.evaluate(model, randomOf(2), [1]), 'INVALID_ARGUMENT');
    await refusal(() => octolite.evaluate(model, randomOf(1), [1, 2]), 'INVALID_ARGUMENT');
    await refusal(() => octolite.evaluate(model, randomOf(1), [16]), 'INVALID_ARGUMENT');
  });

  test('benchmark measures', async () => {
    const report = await context.octolite.benchmark(context.model, { runs: 5, profile: true });
    expect(report.runs).toBe(5);
    expect(report.minMs).toBeLessThanOrEqual(report.medianMs);
    expect(report.medianMs).toBeLessThanOrEqual(report.maxMs);
    expect(report.multiplyAdds).toBeGreaterThan(1e6);
    expect(report.arenaBytes).toBeGreaterThan(40 * 40 * 3 * 4);
    expect(report.weightBytes).toBeGreaterThan(1000);
    expect(report.fileBytes).toBe(context.model.byteLength);
    expect(report.memoryBytes).toBeGreaterThan(
      report.arenaBytes + report.weightBytes + report.fileBytes,
    );
    const { operators } = context.octolite.inspect(context.model).subgraphs[0]!;
    expect(report.operators!.map(({ name }) => name)).toEqual(operators.map(({ name }) => name));
    expect(report.operators!.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    await refusal(() => context.octolite.benchmark(context.model, { runs: 0 }), 'INVALID_ARGUMENT');
  });
});

describe('handles', () => {
  test('are gone after dispose, which may be repeated', async () => {
    const { octolite } = context;
    const model = octolite.loadModel(sampleModelBytes());
    const interpreter = octolite.createInterpreter(model);
    model.dispose();
    model.dispose();
    expect(model.disposed).toBe(true);
    await refusal(() => octolite.inspect(model), 'DISPOSED');
    // What was made from it goes on working.
    expect(Object.keys(interpreter.run(new Float32Array(4800)))).toHaveLength(1);
    interpreter.dispose();
    interpreter.dispose();
  });

  test('have Symbol.dispose where the engine has it', () => {
    const model = context.octolite.loadModel(sampleModelBytes());
    (model as Partial<Disposable>)[Symbol.dispose]?.();
    expect(model.disposed).toBe(true);
  });

  test('of another engine are refused', async () => {
    const other = await load();
    await refusal(() => other.inspect(context.model), 'INVALID_ARGUMENT');
  });
});

test('toReal undoes quantization', () => {
  const [details] = context.octolite.inspect(context.model).outputs;
  const quantized = {
    ...details!,
    dtype: 'int8' as const,
    quantization: { ...details!.quantization, scale: 0.5, zeroPoint: -1 },
  };
  expect(toReal(new Int8Array([-1, 1, -128]), quantized)).toEqual(new Float32Array([0, 1, -63.5]));
});

test('toReal knows the scale of every channel', () => {
  const [details] = context.octolite.inspect(context.model).outputs;
  const weights = {
    ...details!,
    dtype: 'int8' as const,
    shape: [2, 3, 2],
    quantization: {
      scale: 1,
      zeroPoint: 0,
      scales: [1, 10, 100],
      zeroPoints: [0, 1, -1],
      quantizedDimension: 1,
    },
  };
  expect(toReal(new Int8Array([1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6]), weights)).toEqual(
    new Float32Array([1, 2, 20, 30, 600, 700, -1, -2, -40, -50, -400, -500]),
  );
});
