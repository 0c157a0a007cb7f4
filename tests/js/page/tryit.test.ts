import { describe, expect, test } from '@jest/globals';
import type { Inspection } from 'octolite';
import type { Task } from '../../../web/features/tryit/adapters/adapter.js';
import { anchorCenters } from '../../../web/features/tryit/adapters/anchors.js';
import { ADAPTERS, adapterFor, recognize } from '../../../web/features/tryit/adapters/choose.js';
import { argmaxPlane } from '../../../web/features/tryit/adapters/segmentation.js';
import { BODY_17, BODY_33, HAND_21 } from '../../../web/features/tryit/adapters/skeletons.js';
import { gridCells } from '../../../web/features/tryit/adapters/yolo.js';
import { agree, noiseOf, worstNoise } from '../../../web/features/tryit/agreement.js';
import { overlap, pairBoxes, suppress } from '../../../web/features/tryit/boxes.js';
import { argmax, median, softmax, sqnrDb, topPlaces } from '../../../web/features/tryit/numbers.js';
import type { Box, Output, Reading } from '../../../web/features/tryit/reading.js';
import { fitted, regionOf } from '../../../web/features/data/region.js';

const box = (left: number, top: number, right: number, bottom: number, score = 1): Box => ({
  left,
  top,
  right,
  bottom,
  score,
  category: null,
  points: [],
});

const output = (shape: number[], values?: ArrayLike<number>, name = 'out'): Output => ({
  name,
  shape,
  values: values
    ? Float32Array.from(values)
    : new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

function task(outputs: Output[], more: Partial<Task> = {}, lastOperator = 'CONV_2D'): Task {
  const inspection = {
    outputs: outputs.map((_, index) => ({ index })),
    subgraphs: [
      {
        operators: outputs.map((_, index) => ({
          name: lastOperator,
          inputs: [],
          outputs: [index],
        })),
      },
    ],
  } as unknown as Inspection;
  return {
    inputs: [],
    picture: { width: 128, height: 128, channels: 3 },
    inspection,
    outputs,
    names: 0,
    leastScore: 0.5,
    ...more,
  };
}

function read<Kind extends Reading['kind']>(
  kind: Kind,
  outputs: Output[],
  given: Task,
): Extract<Reading, { kind: Kind }> {
  const reading = recognize(given).read(outputs, given);
  expect(reading?.kind).toBe(kind);
  return reading as Extract<Reading, { kind: Kind }>;
}

describe('numbers', () => {
  test('softmax does not overflow, and sums to one', () => {
    const shares = softmax([1000, 1001, 999]);
    expect(shares.reduce((sum, value) => sum + value)).toBeCloseTo(1, 6);
    expect(shares[1]! / shares[0]!).toBeCloseTo(Math.E, 5);
  });

  test('the largest, and the largest few, the first of equals first', () => {
    expect(argmax([1, 3, 3, 2])).toBe(1);
    expect(argmax([9, 1, 4, 2], 1, 3)).toBe(1);
    expect(topPlaces([0.1, 0.5, 0.2, 0.5, 0.9], 3)).toEqual([4, 1, 3]);
    expect(topPlaces([1, 2], 5)).toEqual([1, 0]);
    expect(median([5, 1, 3])).toBe(3);
  });

  test('signal to noise in decibels, with ends for silence and for no noise', () => {
    expect(sqnrDb([1, 1], [1.1, 0.9])).toBeCloseTo(20, 5);
    expect(sqnrDb([1, 2], [1, 2])).toBe(300);
    expect(sqnrDb([0, 0], [1, 0])).toBe(-300);
    expect(noiseOf([output([2], [1, 1])], [output([3])])).toEqual([NaN]);
  });
});

describe('boxes', () => {
  test('overlap is what is shared over what is covered', () => {
    expect(overlap(box(0, 0, 1, 1), box(0.5, 0, 1.5, 1))).toBeCloseTo(1 / 3);
    expect(overlap(box(0, 0, 1, 1), box(1, 1, 2, 2))).toBe(0);
  });

  test('of boxes that overlap the best stays, of each class', () => {
    const good = box(0, 0, 1, 1, 0.9);
    const worse = box(0.1, 0, 1, 1, 0.8);
    const elsewhere = box(2, 2, 3, 3, 0.7);
    const otherClass = { ...worse, category: 1 };
    expect(suppress([worse, elsewhere, good, otherClass], 0.5)).toEqual([
      good,
      otherClass,
      elsewhere,
    ]);
  });

  test('pairs are those that overlap most, each box once', () => {
    const [a, b] = [box(0, 0, 1, 1), box(0.2, 0, 1.2, 1)];
    const [c, d] = [box(0.2, 0, 1.2, 1.01), box(0, 0, 1, 1)];
    const pairs = pairBoxes([a, b], [c, d]);
    expect(pairs.map((pair) => [pair.a, pair.b])).toEqual([
      [a, d],
      [b, c],
    ]);
  });
});

describe('adapters', () => {
  test('anchors: 896 and 2016 places, from coarse rows to the last one', () => {
    const centers = anchorCenters(896)!;
    expect(centers).toHaveLength(896);
    expect(centers[0]).toEqual({ x: 0.5 / 16, y: 0.5 / 16 });
    expect(centers[2]).toEqual({ x: 1.5 / 16, y: 0.5 / 16 });
    expect(centers[511]).toEqual({ x: 15.5 / 16, y: 15.5 / 16 });
    expect(centers[512]).toEqual({ x: 0.5 / 8, y: 0.5 / 8 });
    expect(centers[895]).toEqual({ x: 7.5 / 8, y: 7.5 / 8 });
    expect(anchorCenters(2016)).toHaveLength(2016);
    expect(anchorCenters(1000)).toBeNull();
  });

  test('a face: the box and key points lie around the middle of its anchor, in pixels', () => {
    const boxes = output([1, 896, 16]);
    const scores = output([1, 896, 1], new Float32Array(896).fill(-20));
    scores.values[512] = 2;
    boxes.values.set([12.8, 0, 64, 32, -8, 8], 512 * 16);
    const given = task([boxes, scores]);
    expect(recognize(given).id).toBe('anchors');
    const [face, another] = read('boxes', [scores, boxes], given).boxes;
    expect(another).toBeUndefined();
    expect(face!.score).toBeCloseTo(0.881, 3);
    expect(face!.left).toBeCloseTo(0.0625 + 0.1 - 0.25);
    expect(face!.bottom).toBeCloseTo(0.0625 + 0.125);
    expect(face!.points).toHaveLength(6);
    expect(face!.points[0]!.x).toBeCloseTo(0.0625 - 0.0625);
    expect(face!.points[0]!.y).toBeCloseTo(0.0625 + 0.0625);
  });

  test('SSD: four outputs in any order, as many boxes as counted, none below the least score', () => {
    const places = output([1, 3, 4], [0, 0.1, 0.5, 0.6, 0, 0, 1, 1, 0, 0, 1, 1]);
    const categories = output([1, 3], [17, 3, 4]);
    const scores = output([1, 3], [0.9, 0.4, 0.99]);
    const count = output([1], [2]);
    for (const outputs of [
      [places, categories, scores, count],
      [scores, places, count, categories],
    ]) {
      const given = task(outputs);
      expect(recognize(given).id).toBe('detection');
      const { boxes } = read('boxes', outputs, given);
      expect(boxes).toHaveLength(1);
      const [only] = boxes;
      expect(only!.category).toBe(17);
      expect([only!.top, only!.left, only!.bottom, only!.right]).toEqual(
        [0, 0.1, 0.5, 0.6].map(Math.fround),
      );
    }
  });

  test('YOLO: a bare head is decoded on its grid, and suppressed', () => {
    const cells = gridCells({ width: 128, height: 128 });
    expect(cells).toHaveLength(16 * 16 + 8 * 8 + 4 * 4);
    expect(cells[16]).toEqual({ x: 0, y: 1, stride: 8 });
    const head = output([1, cells.length, 7]);
    // In the third grid, the cell at (1, 2): the middle at 48, 80 pixels, 32 wide, 64 high
    const at = (16 * 16 + 8 * 8 + 2 * 4 + 1) * 7;
    head.values.set([0.5, 0.5, 0, Math.log(2), 0.9, 0.1, 0.8], at);
    head.values[2] = -1;
    const given = task([head]);
    expect(recognize(given).id).toBe('yolo');
    const [found, another] = read('boxes', [head], given).boxes;
    expect(another).toBeUndefined();
    expect(found!.category).toBe(1);
    expect(found!.score).toBeCloseTo(0.72);
    const sides = [found!.left, found!.top, found!.right, found!.bottom].map((side) => side * 128);
    [32, 48, 64, 112].forEach((side, i) => expect(sides[i]).toBeCloseTo(side, 3));
  });

  test('YOLO: columns without objectness, and rows that were suppressed in the graph', () => {
    const count = 16 * 16 + 8 * 8 + 4 * 4;
    const columns = output([1, 6, count]);
    [64, 64, 32, 32, 0.1, 0.9].forEach((value, field) => {
      columns.values[field * count + 5] = value;
      columns.values[field * count + 6] = value;
    });
    const [found, another] = read('boxes', [columns], task([columns])).boxes;
    expect(another).toBeUndefined();
    expect([found!.left, found!.right, found!.category]).toEqual([0.375, 0.625, 1]);
    const rows = output([2, 7], [0, 3, 0.7, 0, 0, 64, 128, 0, 4, 0.2, 0, 0, 1, 1]);
    const { boxes } = read('boxes', [rows], task([rows]));
    expect(boxes).toHaveLength(1);
    expect(boxes[0]).toMatchObject({ category: 3, left: 0, top: 0, right: 0.5, bottom: 1 });
  });

  test('points: MoveNet has y first; landmarks are in pixels where they are large', () => {
    const body = output([1, 1, 17, 3]);
    body.values.set([0.25, 0.75, 0.9]);
    const movenet = read('points', [body], task([body]));
    expect(movenet.points[0]).toEqual({ x: 0.75, y: 0.25, score: Math.fround(0.9) });
    const hand = output([1, 63]);
    hand.values.set([64, 32, 5]);
    const presence = output([1, 1], [0.75]);
    const given = task([hand, presence]);
    const landmarks = read('points', [hand, presence], given);
    expect(landmarks.points).toHaveLength(21);
    expect(landmarks.points[0]).toMatchObject({ x: 0.5, y: 0.25 });
    expect(landmarks.presence).toBe(0.75);
    for (const [bones, count] of [
      [BODY_17, 17],
      [BODY_33, 33],
      [HAND_21, 21],
    ] as const) {
      expect([...new Set(bones.flat())].sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, i) => i),
      );
    }
  });

  test('masks: the largest of the classes, or one value against a threshold', () => {
    expect([...argmaxPlane(Float32Array.of(1, 2, 3, 9, 0, 0, 5, 5, 1), 3)]).toEqual([2, 0, 0]);
    const logits = output([1, 16, 16, 1], new Float32Array(256).fill(-1));
    logits.values[3] = 0.1;
    const mask = read('mask', [logits], task([logits]));
    expect(mask.count).toBe(2);
    expect([...mask.classes].map((kind, i) => kind && i).filter(Boolean)).toEqual([3]);
  });

  test('pictures: colour, and grey for models that take grey', () => {
    const colour = output([1, 16, 16, 3], new Float32Array(768).fill(0.5));
    const picture = read('picture', [colour], task([colour]));
    expect([...picture.rgba.subarray(0, 4)]).toEqual([128, 128, 128, 255]);
    const grey = output([1, 256, 256, 1]);
    const given = task([grey], { picture: { width: 128, height: 128, channels: 1 } });
    expect(recognize(given).id).toBe('image');
  });

  test('classes: softmax for logits alone, and the float model tells for both', () => {
    const logits = output([1, 3], [4, 1, -2]);
    const given = task([logits], {}, 'FULLY_CONNECTED');
    expect(read('scores', [logits], given).softmaxed).toBe(true);
    const shares = output([1, 3], [0.5, 0.25, 0.25]);
    const sure = task([shares], {}, 'SOFTMAX');
    expect(read('scores', [logits], sure).softmaxed).toBe(false);
  });

  test('features, restored inputs and several outputs are raw, but a choice is obeyed', () => {
    const features = output([1, 1280]);
    expect(recognize(task([features], { picture: null })).id).toBe('raw');
    const restored = output([1, 640]);
    const inputs = [{ shape: [1, 640] }] as unknown as Task['inputs'];
    expect(recognize(task([restored], { inputs, picture: null })).id).toBe('raw');
    const two = [output([1, 172, 88]), output([1, 172, 264])];
    expect(recognize(task(two, { picture: null })).id).toBe('raw');
    expect(adapterFor('classification', task([features])).id).toBe('classification');
  });

  test('none of them fails on outputs that it cannot read', () => {
    const odd = [[output([])], [output([0])], [output([1, 7, 1, 3, 2])], [output([5]), output([])]];
    for (const outputs of odd) {
      for (const { id } of ADAPTERS) {
        for (const picture of [null, { width: 8, height: 8, channels: 3 as const }]) {
          const given = task(outputs, { picture });
          const reading = adapterFor(id, given).read(outputs, given);
          expect(reading === null || typeof reading.kind === 'string').toBe(true);
        }
      }
    }
  });
});

describe('agreement', () => {
  const size = { width: 100, height: 50 };

  test('classes: the best of each, and how many of the likely ones are the same', () => {
    const scores = (values: number[]): Reading => ({
      kind: 'scores',
      values: Float32Array.from(values),
      softmaxed: false,
    });
    expect(agree(scores([0.7, 0.3, 0, 0]), scores([0.25, 0.75, 0, 0]), size)).toEqual({
      kind: 'scores',
      ofClass: 0,
      otherClass: 1,
      common: 2,
      of: 2,
      largest: expect.closeTo(0.45, 5),
    });
  });

  test('boxes and points in pixels of the input', () => {
    const at = (x: number, y: number): Box => ({ ...box(0, 0, 0.5, 1), points: [{ x, y }] });
    expect(
      agree(
        { kind: 'boxes', boxes: [at(0.1, 0.1), box(0.6, 0.6, 1, 1)] },
        { kind: 'boxes', boxes: [at(0.13, 0.18)] },
        size,
      ),
    ).toEqual({
      kind: 'boxes',
      ofBoxes: 2,
      otherBoxes: 1,
      matched: 1,
      overlap: 1,
      farthest: expect.closeTo(5, 5),
    });
    const points = (x: number): Reading => ({
      kind: 'points',
      points: [
        { x, y: 0, score: 1 },
        { x: 0, y: 0, score: 1 },
      ],
      bones: [],
      presence: null,
    });
    expect(agree(points(0.5), points(0.52), size)).toEqual({
      kind: 'points',
      mean: expect.closeTo(1, 5),
      farthest: expect.closeTo(2, 5),
    });
  });

  test('noise: the worst of the outputs, single numbers only where there is nothing else', () => {
    const outputs = [output([1, 9]), output([1, 1]), output([4])];
    expect(worstNoise([30, 2, 25], outputs)).toBe(25);
    expect(worstNoise([NaN, 2, NaN], outputs)).toBeNull();
    expect(worstNoise([2], [output([1])])).toBe(2);
  });

  test('masks and pictures', () => {
    const mask = (classes: number[]): Reading => ({
      kind: 'mask',
      width: 2,
      height: 2,
      classes: Uint8Array.from(classes),
      count: 3,
    });
    expect(agree(mask([0, 0, 1, 1]), mask([0, 0, 1, 0]), size)).toEqual({
      kind: 'mask',
      same: 0.75,
      overlap: expect.closeTo((2 / 3 + 1 / 2) / 2, 6),
    });
    const picture = (red: number): Reading => ({
      kind: 'picture',
      width: 1,
      height: 1,
      rgba: Uint8ClampedArray.of(red, 0, 0, 255),
    });
    expect(agree(picture(10), picture(40), size)).toEqual({
      kind: 'picture',
      mean: 10,
      largest: 30,
    });
    expect(agree(picture(10), { kind: 'raw' }, size)).toEqual({ kind: 'raw' });
  });
});

test('regions: whole, the middle, or with black at the sides', () => {
  const [picture, input] = [
    { width: 200, height: 100 },
    { width: 50, height: 50 },
  ];
  expect(regionOf(picture, input, 'stretch')).toEqual({ x: 0, y: 0, ...picture });
  expect(regionOf(picture, input, 'crop')).toEqual({ x: 50, y: 0, width: 100, height: 100 });
  expect(regionOf(picture, input, 'pad')).toEqual({ x: 0, y: -50, width: 200, height: 200 });
  expect(fitted(picture, 50)).toEqual({ width: 50, height: 25 });
});
