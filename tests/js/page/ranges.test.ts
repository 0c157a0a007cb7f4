import { expect, test } from '@jest/globals';
import type { CalibrationStatistics, TensorStatistics } from 'octolite';
import { withRanges } from '../../../web/features/run/ranges.js';

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
