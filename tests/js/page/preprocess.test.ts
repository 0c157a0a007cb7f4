import { expect, test } from '@jest/globals';
import { isOctoliteError } from 'octolite';
import {
  DEFAULT_PREPROCESSING,
  optionsOf,
  parsePreprocessing,
  pictureShape,
} from '../../../web/features/data/preprocess.js';

const input = (shape: readonly number[]) =>
  ({ name: 'x', index: 0, shape, shapeSignature: shape, dtype: 'float32' }) as never;

test('preprocessing comes back from JSON as it was, and what is not said is the default', () => {
  const own = {
    ...DEFAULT_PREPROCESSING,
    range: 'custom',
    low: -2.5,
    high: 3,
    layout: 'NCHW',
    resize: 'crop',
    sampleRate: 16000,
    hop: 160,
  } as const;
  expect(parsePreprocessing(JSON.parse(JSON.stringify(own)))).toEqual(own);
  expect(parsePreprocessing({})).toEqual(DEFAULT_PREPROCESSING);
  expect(parsePreprocessing({ resize: 'pad' })).toEqual({
    ...DEFAULT_PREPROCESSING,
    resize: 'pad',
  });
});

test.each([
  [null, 'not an object'],
  [[], 'not an object'],
  ['zero_one', 'not an object'],
  [{ rnage: 'zero_one' }, '"rnage" is not known'],
  [{ range: 'zero_two' }, 'range is "zero_two"'],
  [{ resize: 3 }, 'resize is 3'],
  [{ layout: 'HWCN' }, 'layout'],
  [{ low: 'a' }, 'low is "a"'],
  [{ low: 2, high: 1 }, 'low is 2 and high is 1'],
  [{ mean: [1, 2] }, 'mean is [1,2]'],
  [{ std: [0] }, 'std is [0]'],
  [{ std: ['1'] }, 'std'],
  [{ sampleRate: 12 }, 'sampleRate is 12'],
  [{ sampleRate: null }, 'sampleRate is null'],
  [{ hop: 1.5 }, 'hop is 1.5'],
  [{ hop: -1 }, 'hop is -1'],
])('%j is refused: %s', (value, words) => {
  try {
    parsePreprocessing(value);
  } catch (error) {
    expect(isOctoliteError(error) && error.code).toBe('INVALID_ARGUMENT');
    expect(String(error)).toContain(words);
    return;
  }
  throw new Error('it was accepted');
});

test('the library is told only what counts', () => {
  const { mean, std } = DEFAULT_PREPROCESSING;
  expect(optionsOf(DEFAULT_PREPROCESSING)).toEqual({
    range: [0, 1],
    resize: 'stretch',
    layout: 'NHWC',
  });
  expect(
    optionsOf({ ...DEFAULT_PREPROCESSING, range: 'custom', low: -3, high: 4, sampleRate: 8000 }),
  ).toEqual({ range: [-3, 4], resize: 'stretch', layout: 'NHWC', sampleRate: 8000 });
  expect(optionsOf({ ...DEFAULT_PREPROCESSING, range: 'mean_std' })).toMatchObject({ mean, std });
});

test('pictures are told by their shape and layout', () => {
  const picture = { height: 8, width: 6, channels: 3 };
  expect(pictureShape([input([1, 8, 6, 3])])).toEqual(picture);
  expect(pictureShape([input([1, 3, 8, 6])])).toBeNull();
  expect(pictureShape([input([1, 3, 8, 6])], 'NCHW')).toEqual(picture);
  expect(pictureShape([input([1, 8, 6, 3]), input([1, 8, 6, 3])])).toBeNull();
});
