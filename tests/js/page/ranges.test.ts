import { expect, test } from '@jest/globals';
import { load, randomSamples, type CalibrationStatistics, type TensorStatistics } from 'octolite';
import { withRanges } from '../../../web/features/run/ranges.js';
import { sampleModelBytes } from '../support/files.js';

function tensor(name: string, min: number, max: number): TensorStatistics {
  const histogram = new Float64Array(4096).fill(1);
  return {
    tensor: 0,
    name,
    count: 4096,
    nanCount: 0,
    infiniteCount: 0,
    min,
    max,
    exponent: -5,
    histogram,
  };
}

const SEEN: CalibrationStatistics = {
  model: '0123456789abcdef',
  subgraphs: [{ subgraph: 0, samples: 3, tensors: [tensor('a', -1, 5), tensor('b', 0, 2)] }],
};

test('a range set by hand takes the place of what was seen, for every observer', () => {
  const { subgraphs, model } = withRanges(SEEN, { a: [-0.5, 3] });
  const [a, b] = subgraphs[0]!.tensors;
  expect(a).toMatchObject({ name: 'a', min: -0.5, max: 3, count: 4096 });
  expect(a!.histogram).toHaveLength(0);
  expect(b).toBe(SEEN.subgraphs[0]!.tensors[1]);
  expect(model).toBe(SEEN.model);
  expect(subgraphs[0]!.samples).toBe(3);
});

test('what was seen stays as it is', () => {
  withRanges(SEEN, { a: [-0.5, 3] });
  expect(SEEN.subgraphs[0]!.tensors[0]).toMatchObject({ min: -1, max: 5 });
  expect(SEEN.subgraphs[0]!.tensors[0]!.histogram).toHaveLength(4096);
});

test('no range, or one of a tensor that is not there, changes nothing', () => {
  expect(withRanges(SEEN, {})).toBe(SEEN);
  expect(withRanges(SEEN, { c: [0, 1] })).toEqual(SEEN);
});

test('the quantizer takes the range as it was set, whatever the observer', async () => {
  const octolite = await load();
  const model = octolite.loadModel(sampleModelBytes());
  const { inputs, subgraphs } = octolite.inspect(model);
  const name = subgraphs[0]!.operators[0]!.output;
  const statistics = await octolite.calibrate(model, randomSamples(inputs, 4, 1));
  const scaleOf = async (calibration: CalibrationStatistics, observer: 'min_max' | 'mse') => {
    const { bytes } = await octolite.quantize(model, {
      recipe: 'static_wi8_ai8',
      calibration,
      observer,
    });
    const quantized = octolite.loadModel(bytes);
    const interpreter = octolite.createInterpreter(quantized);
    interpreter.allocateTensors();
    const maker = octolite
      .inspect(quantized)
      .subgraphs[0]!.operators.find(({ output }) => output === name)!;
    const { scale } = interpreter.getTensorDetails(maker.outputs[0]!).quantization;
    interpreter.dispose();
    quantized.dispose();
    return scale;
  };
  const edited = withRanges(statistics, { [name]: [0, 51] });
  expect(await scaleOf(edited, 'min_max')).toBeCloseTo(51 / 255, 6);
  expect(await scaleOf(edited, 'mse')).toBeCloseTo(51 / 255, 6);
  expect(await scaleOf(statistics, 'min_max')).not.toBeCloseTo(51 / 255, 6);
  model.dispose();
});
