import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  asksForShape,
  isOpen,
  proposedShape,
  withInputShapes,
} from '../../../web/features/open/shapes.js';
import type { TensorDetails } from 'octolite';

const SAMPLE = readFileSync('examples/sample-model/shapes.tflite');

const input = (shape: number[], shapeSignature: number[]): TensorDetails =>
  ({ shape, shapeSignature }) as unknown as TensorDetails;

describe('sizes of inputs', () => {
  test('an open batch is offered, other open sizes are asked for', () => {
    const closed = input([1, 8, 8, 3], [1, 8, 8, 3]);
    const batch = input([1, 8, 8, 3], [-1, 8, 8, 3]);
    const picture = input([1, 1, 1, 3], [-1, -1, -1, 3]);
    const list = input([1], [-1]);
    expect([closed, batch, picture, list].map(isOpen)).toEqual([false, true, true, true]);
    expect([closed, batch, picture, list].map(asksForShape)).toEqual([false, false, true, true]);
  });

  test('what is proposed fills the open ones only', () => {
    expect(proposedShape(input([1, 1, 1, 3], [-1, -1, -1, 3]))).toEqual([1, 224, 224, 3]);
    expect(proposedShape(input([4, 96, 64, 3], [-1, -1, -1, 3]))).toEqual([1, 96, 64, 3]);
    expect(proposedShape(input([1, 1], [-1, -1]))).toEqual([1, 1]);
    expect(proposedShape(input([2], [2]))).toEqual([2]);
  });

  test('other sizes are written into a copy, and nothing else is', () => {
    const before = new Uint8Array(SAMPLE);
    const after = withInputShapes(before, [[1, 64, 48, 3]]);
    expect(before).toEqual(new Uint8Array(SAMPLE));
    const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
    expect(changed.map((at) => [before[at], after[at]])).toEqual([
      [40, 64],
      [40, 48],
    ]);
  });

  test('another number of dimensions is refused', () => {
    expect(() => withInputShapes(new Uint8Array(SAMPLE), [[1, 64, 48]])).toThrow(
      /sizes of this input/,
    );
  });
});
