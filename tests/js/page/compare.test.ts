import { expect, test } from '@jest/globals';
import { describeRecipe, nameOf } from '../../../web/features/compare/naming.js';
import { bestOf } from '../../../web/features/compare/rows.js';
import { DEFAULTS } from '../../../web/features/recipe/settings.js';
import { isSameRecipe } from '../../../web/features/run/outdated.js';

test('a pin is called after what is not as it is by default', () => {
  expect(nameOf(DEFAULTS, [])).toBe('Static int8');
  expect(nameOf(DEFAULTS, ['Static int8', 'Static int8 (2)'])).toBe('Static int8 (3)');
  expect(
    describeRecipe({ ...DEFAULTS, granularity: 'TENSORWISE', observer: 'percentile' }),
  ).toEqual(['Static int8', 'per tensor', 'percentile 99.99']);
  expect(
    describeRecipe({
      ...DEFAULTS,
      prune: 0.5,
      recover: ['bias', 'rounding'],
      inputType: 'uint8',
      ranges: { a: [0, 1] },
      overrides: [{ scope: 'x;', operation: 'CONV_2D', precision: 'float' }],
    }),
  ).toEqual([
    'Static int8',
    'uint8 in, float32 out',
    '1 range by hand',
    'recovery: bias + rounding',
    '50.0 % pruned',
    '1 exception',
  ]);
  // What a recipe does not look at has no place in its name.
  expect(describeRecipe({ ...DEFAULTS, method: 'float16', observer: 'mse' }, true)).toEqual([
    'Float16',
  ]);
  expect(describeRecipe(DEFAULTS, true)).toEqual(['Static int8', 'per channel']);
});

test('the best of a row: all that are alike at the top, none where nothing differs', () => {
  expect(bestOf([3, 1, 1, null], 'low')).toEqual([false, true, true, false]);
  expect(bestOf([3, 1, 2], 'high')).toEqual([true, false, false]);
  expect(bestOf([2, 2], 'high')).toEqual([false, false]);
  expect(bestOf([2, null], 'low')).toEqual([false, false]);
});

test('recipes are the same by what they say, in whatever order', () => {
  const turned = Object.fromEntries(Object.entries(DEFAULTS).reverse());
  expect(isSameRecipe(DEFAULTS, turned as unknown as typeof DEFAULTS)).toBe(true);
  expect(isSameRecipe(DEFAULTS, { ...DEFAULTS, percentile: 99 })).toBe(false);
  expect(isSameRecipe(DEFAULTS, { ...DEFAULTS, ranges: { a: [0, 1] } })).toBe(false);
});
