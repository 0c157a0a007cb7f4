import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { load, openDataset, randomSamples, readLabels, type Octolite } from 'octolite';
import { dataFiles } from 'octolite/node';
import { hasShared, shared } from './support/files.js';

/** Float models and the least SQNR, in dB, of their int8 copies on random input. */
const FLOAT_MODELS: readonly (readonly [string, number])[] = [
  ['vww_96_float', 30],
  ['resnet8_cifar10_float', 12],
  ['mnist_conv_float', 30],
  ['blazeface_front_float', 18],
  ['toycar_ad_float', 20],
];

let octolite: Octolite;
beforeAll(async () => {
  octolite = await load();
});
afterAll(() => {
  expect(octolite.runtimeInfo().liveHandles).toBe(0);
});

describe('real float models become int8 models that run', () => {
  for (const [name, decibels] of FLOAT_MODELS) {
    const path = `models/${name}.tflite`;
    (hasShared(path) ? test : test.skip)(name, async () => {
      const model = octolite.loadModel(readFileSync(shared(path)));
      const samples = randomSamples(octolite.inspect(model).inputs, 2);
      const { bytes, report } = await octolite.quantize(model, {
        recipe: 'static_wi8_ai8',
        calibration: samples,
      });
      expect(report.bytesAfter).toBeLessThan(report.bytesBefore / 2);
      const quantized = octolite.loadModel(bytes);
      const { outputs } = await octolite.compare(model, quantized, samples);
      for (const { sqnrDb } of outputs) expect(sqnrDb).toBeGreaterThan(decibels);
      quantized.dispose();
      model.dispose();
    });
  }
});

describe('labelled digits', () => {
  const files = {
    model: 'models/mnist_conv_float.tflite',
    images: 'data/mnist/t10k_0-4999-images-idx3-ubyte.gz',
    labels: 'data/mnist/t10k_0-4999-labels-idx1-ubyte.gz',
  };
  const run = hasShared(...Object.values(files)) ? test : test.skip;
  run('are told apart as well by int8 as by float', async () => {
    const model = octolite.loadModel(readFileSync(shared(files.model)));
    const { inputs } = octolite.inspect(model);
    const [images] = await dataFiles([shared(files.images)]);
    const [labelFile] = await dataFiles([shared(files.labels)]);
    const part = (skip: number, limit: number) =>
      openDataset([images!], inputs, { range: [0, 1], skip, limit });
    const { bytes } = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration: await part(0, 100),
    });
    const quantized = octolite.loadModel(bytes);
    const labels = await readLabels(labelFile!, { skip: 100, limit: 1000 });
    const data = await part(100, 1000);
    const float = await octolite.evaluate(model, data, labels);
    const int8 = await octolite.evaluate(quantized, data, labels);
    expect(float.top1).toBeGreaterThan(0.93);
    expect(Math.abs(float.top1 - int8.top1)).toBeLessThanOrEqual(0.01);
    quantized.dispose();
    model.dispose();
  });
});

describe('signatures', () => {
  const path = 'models/ops/two_signatures.tflite';
  (hasShared(path) ? test : test.skip)('of a converted model run by name', () => {
    const model = octolite.loadModel(readFileSync(shared(path)));
    const interpreter = octolite.createInterpreter(model);
    expect(interpreter.getSignatureList()).toEqual({
      add: { inputs: ['x'], outputs: ['add_result'] },
      multiply: { inputs: ['x'], outputs: ['multiply_result'] },
    });
    const x = new Float32Array([1, -2]);
    const results = ['add', 'multiply'].map((key) => {
      const runner = interpreter.getSignatureRunner(key);
      expect(runner.getInputDetails().x!.shapeSignature).toEqual([-1]);
      runner.resizeInputTensor('x', [2], { strict: true });
      return runner.run({ x });
    });
    expect(results).toEqual([
      { add_result: new Float32Array([11, 8]) },
      { multiply_result: new Float32Array([10, -20]) },
    ]);
    interpreter.dispose();
    model.dispose();
  });
});

describe('malformed files', () => {
  const folder = 'models/malformed';
  (hasShared(folder) ? test : test.skip)('load or are refused, and nothing else', () => {
    for (const name of readdirSync(shared(folder))) {
      if (!name.endsWith('.tflite')) continue;
      try {
        octolite.loadModel(readFileSync(shared(`${folder}/${name}`))).dispose();
      } catch (error) {
        expect([name, error]).toEqual([
          name,
          expect.objectContaining({ code: expect.stringMatching(/^(INVALID|UNSUPPORTED)_MODEL$/) }),
        ]);
      }
    }
  });
});

describe('memory', () => {
  const path = 'models/bench/mobilenet_v1_1.0_224_embed_float.tflite';
  const run = hasShared(path) ? test : test.skip;
  run('interpreters of one model share its packed weights', async () => {
    const model = octolite.loadModel(readFileSync(shared(path)));
    const { weightBytes } = await octolite.benchmark(model, { runs: 1, warmup: 0 });
    const before = octolite.runtimeInfo().memoryBytes;
    const interpreters = Array.from({ length: 5 }, () => octolite.createInterpreter(model));
    for (const interpreter of interpreters) interpreter.allocateTensors();
    const growth = octolite.runtimeInfo().memoryBytes - before;
    // The benchmark has left room for one; weights of their own would take four times as much more.
    expect(growth).toBeLessThan(4 * weightBytes);

    const [input] = interpreters[0]!.getInputDetails();
    const [output] = interpreters[0]!.getOutputDetails();
    const outputOf = (value: number): unknown[] =>
      interpreters.map((interpreter, i) => {
        interpreter.setTensor(input!.index, new Float32Array(224 * 224 * 3).fill(value * i));
        interpreter.invoke();
        return interpreter.getTensor(output!.index);
      });
    const outputs = outputOf(0.1);
    expect(outputs[1]).not.toEqual(outputs[0]);
    expect(outputOf(0)).toEqual(interpreters.map(() => outputs[0]));
    for (const interpreter of interpreters) interpreter.dispose();
    model.dispose();
  });
});
