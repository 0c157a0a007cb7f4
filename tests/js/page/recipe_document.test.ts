import { describe, expect, test } from '@jest/globals';
import { parseRecipe, recipe, resolveRecipe, type RecipeRule } from 'octolite';
import { DEFAULT_PREPROCESSING } from '../../../web/features/data/preprocess.js';
import {
  parseDocument,
  parseSettings,
  writeDocument,
} from '../../../web/features/recipe/document.js';
import {
  MOST_FRAGMENT,
  parseFragment,
  writeFragment,
} from '../../../web/features/recipe/fragment.js';
import { settle } from '../../../web/features/recipe/limits.js';
import { liteRtRules, settingsOfRules } from '../../../web/features/recipe/litert.js';
import { PRESETS, type PresetName } from '../../../web/features/recipe/presets.js';
import { RecipeProblem, type Problem } from '../../../web/features/recipe/problem.js';
import { DEFAULTS, type RecipeSettings } from '../../../web/features/recipe/settings.js';

const presetNames = Object.keys(PRESETS) as PresetName[];
const PREPROCESSING = { ...DEFAULT_PREPROCESSING, range: 'mean_std', resize: 'crop' } as const;

const RICH: RecipeSettings = settle({
  ...DEFAULTS,
  weightBits: 4,
  clipping: 'octav',
  observer: 'percentile',
  percentile: 99.5,
  inputType: 'int8',
  recover: ['bias'],
  prune: 0.25,
  cluster: 16,
  target: 'tflite-micro',
  overrides: [
    { scope: 'conv/α ";;', operation: 'CONV_2D', precision: 'float' },
    { scope: 'head;', operation: 'FULLY_CONNECTED', precision: 'int16' },
  ],
  ranges: Object.fromEntries([
    ['relu', [0, 6]],
    ['__proto__', [-1, 1]],
  ]),
});

/** What a text or value is refused for. */
function problemOf(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof RecipeProblem) return error.problem;
    throw error;
  }
  throw new Error('it was taken');
}

function fragmentOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `#r=${Buffer.from(text).toString('base64url')}`;
}

describe('fragments', () => {
  test('the defaults need none', () => {
    expect(writeFragment(DEFAULTS, DEFAULT_PREPROCESSING)).toBe('');
    expect(parseFragment('')).toBeNull();
    expect(parseFragment('#elsewhere')).toBeNull();
  });

  test.each(presetNames)('%s goes there and back', (name) => {
    const fragment = writeFragment(PRESETS[name], PREPROCESSING)!;
    expect(fragment).toMatch(/^#r=[\w-]+$/);
    expect(fragment.length).toBeLessThan(400);
    expect(parseFragment(fragment)).toEqual({
      settings: PRESETS[name],
      preprocessing: PREPROCESSING,
    });
  });

  test('all of a recipe goes there and back, names with any character too', () => {
    const fragment = writeFragment(RICH, DEFAULT_PREPROCESSING)!;
    const { settings, preprocessing } = parseFragment(fragment)!;
    expect(settings).toEqual(RICH);
    expect(Object.hasOwn(settings.ranges, '__proto__')).toBe(true);
    expect(preprocessing).toBeNull();
  });

  test('only what differs is in it', () => {
    const fragment = writeFragment({ ...DEFAULTS, prune: 0.5 }, DEFAULT_PREPROCESSING)!;
    const text = Buffer.from(fragment.slice(3), 'base64url').toString();
    expect(JSON.parse(text)).toEqual({ v: 1, s: { prune: 0.5 } });
  });

  test('too long ones are not written', () => {
    const overrides = Array.from({ length: 2000 }, (_, index) => ({
      scope: `model/layer_${index}/output;`,
      operation: 'CONV_2D',
      precision: 'float' as const,
    }));
    expect(writeFragment({ ...DEFAULTS, overrides }, DEFAULT_PREPROCESSING)).toBeNull();
    expect(parseDocument(writeDocument({ ...DEFAULTS, overrides }, PREPROCESSING))).toEqual({
      settings: { ...DEFAULTS, overrides },
      preprocessing: PREPROCESSING,
    });
  });
});

describe('hostile fragments', () => {
  const cases: readonly [string, string, Problem['kind']][] = [
    ['characters of no base64url', '#r=%3Cscript%3E', 'damaged'],
    ['no base64', '#r=A', 'damaged'],
    ['no UTF-8', `#r=${Buffer.from([0xff, 0xfe, 0x00]).toString('base64url')}`, 'damaged'],
    ['cut off', writeFragment(RICH, PREPROCESSING)!.slice(0, 60), 'damaged'],
    ['nothing', '#r=', 'notJson'],
    ['too long', `#r=${'A'.repeat(MOST_FRAGMENT)}`, 'tooLong'],
    ['a list', fragmentOf([1]), 'value'],
    ['null', fragmentOf(null), 'value'],
    ['a number', fragmentOf(7), 'value'],
    ['no version', fragmentOf({ s: {} }), 'version'],
    ['another version', fragmentOf({ v: 2, s: {} }), 'version'],
    ['a version as text', fragmentOf({ v: '1' }), 'version'],
    ['an unknown part', fragmentOf({ v: 1, model: 'x' }), 'unknown'],
    ['an unknown setting', fragmentOf({ v: 1, s: { bits: 8 } }), 'unknown'],
    ['a prototype', fragmentOf('{"v":1,"s":{"__proto__":{"method":"float16"}}}'), 'unknown'],
    ['a prototype around all', fragmentOf('{"v":1,"__proto__":{"s":{}}}'), 'unknown'],
    ['a constructor', fragmentOf({ v: 1, s: { constructor: 1 } }), 'unknown'],
    ['toString', fragmentOf({ v: 1, s: { toString: 1 } }), 'unknown'],
    ['a method of objects', fragmentOf({ v: 1, s: { method: 'constructor' } }), 'value'],
    ['a list for a name', fragmentOf({ v: 1, s: { method: ['static'] } }), 'value'],
    ['bits as text', fragmentOf({ v: 1, s: { weightBits: '4' } }), 'value'],
    ['infinity', fragmentOf('{"v":1,"s":{"prune":1e999}}'), 'value'],
    ['not a number', fragmentOf('{"v":1,"s":{"prune":NaN}}'), 'notJson'],
    ['null for a number', fragmentOf({ v: 1, s: { prune: null } }), 'value'],
    ['everything pruned', fragmentOf({ v: 1, s: { prune: 1 } }), 'value'],
    ['half a cluster', fragmentOf({ v: 1, s: { cluster: 2.5 } }), 'value'],
    ['a percentile of 50', fragmentOf({ v: 1, s: { percentile: 50 } }), 'value'],
    ['an unknown pass', fragmentOf({ v: 1, s: { recover: ['all'] } }), 'value'],
    ['a switch as a number', fragmentOf({ v: 1, s: { microCompress: 1 } }), 'value'],
    ['settings as a list', fragmentOf({ v: 1, s: [] }), 'value'],
    ['ranges upside down', fragmentOf({ v: 1, s: { ranges: { x: [1, 0] } } }), 'value'],
    ['ranges of three', fragmentOf({ v: 1, s: { ranges: { x: [0, 1, 2] } } }), 'value'],
    ['ranges of text', fragmentOf({ v: 1, s: { ranges: { x: ['0', '1'] } } }), 'value'],
    [
      'an endless name',
      fragmentOf({ v: 1, s: { ranges: { ['x'.repeat(10_001)]: [0, 1] } } }),
      'value',
    ],
    ['overrides as an object', fragmentOf({ v: 1, s: { overrides: {} } }), 'value'],
    ['half an override', fragmentOf({ v: 1, s: { overrides: [{ scope: 'x;' }] } }), 'value'],
    [
      'an override with more',
      fragmentOf({
        v: 1,
        s: { overrides: [{ scope: 'x;', operation: 'ADD', precision: 'float', more: 1 }] },
      }),
      'unknown',
    ],
    ['rules of nothing', fragmentOf({ v: 1, s: { rules: [{}] } }), 'library'],
    [
      'a rule that is no regular expression',
      fragmentOf({
        v: 1,
        s: { rules: [{ regex: '(', operation: '*', algorithm_key: 'no_quantize' }] },
      }),
      'library',
    ],
    [
      'a rule for inputs beside their type',
      fragmentOf({ v: 1, s: { rules: [{ ...recipe('static_wi8_ai8')[0], operation: 'INPUT' }] } }),
      'value',
    ],
    [
      'float16 with int4 weights',
      fragmentOf({ v: 1, s: { method: 'float16', weightBits: 4 } }),
      'contradiction',
    ],
    ['unknown preprocessing', fragmentOf({ v: 1, p: { constructor: 1 } }), 'unknown'],
    ['wrong preprocessing', fragmentOf({ v: 1, p: { resize: 'shrink' } }), 'library'],
    ['preprocessing as text', fragmentOf({ v: 1, p: 'crop' }), 'value'],
  ];
  test.each(cases)('%s', (_, fragment, kind) => {
    expect(problemOf(() => parseFragment(fragment)).kind).toBe(kind);
    expect(({} as { method?: string }).method).toBeUndefined();
  });

  test('the place is named, and what was expected', () => {
    expect(problemOf(() => parseSettings({ weightBits: 3 }))).toEqual({
      kind: 'value',
      path: 'settings.weightBits',
      given: '3',
      expected: '8, 4, 2',
    });
    const long = problemOf(() => parseSettings({ method: 'x'.repeat(1000) }));
    expect(JSON.stringify(long).length).toBeLessThan(300);
  });
});

describe('documents', () => {
  test('ours goes there and back', () => {
    const text = writeDocument(RICH, PREPROCESSING);
    expect(parseDocument(text)).toEqual({ settings: RICH, preprocessing: PREPROCESSING });
    expect(problemOf(() => parseDocument('{}')).kind).toBe('version');
    expect(problemOf(() => parseDocument('no recipe')).kind).toBe('notJson');
  });

  test.each(presetNames)('%s goes to the LiteRT Quantizer and back', (name) => {
    const { settings } = parseDocument(JSON.stringify(liteRtRules(PRESETS[name])));
    const { observer, percentile, recover, target } = DEFAULTS;
    expect(settings).toEqual({ ...PRESETS[name], observer, percentile, recover, target });
  });

  const operators = (...scopes: string[]) =>
    scopes.map((scope) => ({ name: 'CONV_2D', scope })) as never[];

  test('exceptions, types and rules in between keep their meaning and their order', () => {
    const settings: RecipeSettings = { ...RICH, prune: 0, cluster: 0, target: 'litert' };
    const rule = { regex: 'head', operation: '*', algorithm_key: 'no_quantize' };
    const given = { ...settings, rules: [rule] };
    const read = settingsOfRules(parseRecipe(JSON.stringify(liteRtRules(given))));
    expect(read.overrides).toEqual(given.overrides);
    expect(read.rules).toEqual([rule]);
    expect([read.inputType, read.outputType]).toEqual(['int8', 'float32']);
    const model = { subgraphs: [{ operators: operators('a;', 'head;', 'conv/α ";;') }] };
    const plans = (from: RecipeSettings) =>
      resolveRecipe(liteRtRules(from), model as unknown as Parameters<typeof resolveRecipe>[1]);
    expect(plans(read)).toEqual(plans(given));
  });

  test('rules with none for all leave the rest in float', () => {
    const [rule] = recipe('static_wi8_ai8');
    const rules: RecipeRule[] = [{ ...rule!, regex: 'conv', operation: 'CONV_2D' }];
    const settings = settingsOfRules(rules);
    expect(settings.rules.length).toBe(2);
    const model = { subgraphs: [{ operators: operators('conv;', 'other;') }] };
    const [plans] = resolveRecipe(
      liteRtRules(settings),
      model as unknown as Parameters<typeof resolveRecipe>[1],
    ).operators;
    expect(plans!.map(({ mode }) => mode)).toEqual(['static', 'float']);
  });

  test('an observer in a rule for all becomes the setting', () => {
    const rules = recipe('static_wi8_ai8');
    rules[0]!.op_config!.activation_tensor_config!.observer = 'percentile';
    rules[0]!.op_config!.activation_tensor_config!.percentile = 99;
    expect(settingsOfRules(rules)).toEqual({
      ...DEFAULTS,
      observer: 'percentile',
      percentile: 99,
    });
  });
});
