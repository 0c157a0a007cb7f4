import { describe, expect, test } from '@jest/globals';
import {
  parseRecipe,
  recipe,
  RECIPE_NAMES,
  resolveRecipe,
  type InspectedOperator,
  type OpConfig,
  type RecipeRule,
} from 'octolite';
import { refusal } from './support/errors.js';

function operator(index: number, name: string, ...outputs: string[]): InspectedOperator {
  return {
    index,
    name,
    version: 1,
    supported: true,
    usesFloat: true,
    inputs: [],
    outputs: [],
    output: outputs[0] ?? '',
    scope: outputs.map((output) => `${output};`).join(''),
    weightBytes: 0,
    multiplyAdds: 0,
  };
}

const MODEL = {
  subgraphs: [
    {
      name: 'main',
      inputs: [],
      outputs: [],
      operators: [
        operator(0, 'CONV_2D', 'stem/conv'),
        operator(1, 'ADD', 'body/add'),
        operator(2, 'SPLIT', 'body/left', 'body/right'),
        operator(3, 'FULLY_CONNECTED', 'head/dense'),
      ],
      multiplyAdds: 0,
    },
  ],
};

function modes(rules: RecipeRule[], keepFloat: (string | RegExp)[] = []): string[] {
  return resolveRecipe(rules, MODEL, keepFloat).operators[0]!.map(({ mode }) => mode);
}

const WEIGHTS = { num_bits: 8, symmetric: true, granularity: 'CHANNELWISE', dtype: 'INT' };
const DYNAMIC: OpConfig = { weight_tensor_config: WEIGHTS, compute_precision: 'INTEGER' };

function rule(regex: string, operation: string, op_config: OpConfig = DYNAMIC): RecipeRule {
  return { regex, operation, algorithm_key: 'min_max_uniform_quantize', op_config };
}

describe('named recipes', () => {
  test.each([
    ['dynamic_wi8_afp32', 'dynamic'],
    ['weight_only_wi8_afp32', 'weight_only'],
    ['static_wi8_ai8', 'static'],
    ['float16', 'float16'],
  ])('%s makes every operator %s', (name, mode) => {
    expect(modes(recipe(name))).toEqual([mode, mode, mode, mode]);
  });

  test('are all there and survive JSON', () => {
    for (const name of RECIPE_NAMES) {
      expect(parseRecipe(JSON.stringify(recipe(name)))).toEqual(recipe(name));
    }
  });

  test('are fresh values', () => {
    recipe('static_wi8_ai8')[0]!.op_config!.weight_tensor_config!.num_bits = 4;
    expect(recipe('static_wi8_ai8')[0]!.op_config!.weight_tensor_config!.num_bits).toBe(8);
  });

  test('an unknown name is refused with the list', async () => {
    const { message } = await refusal(() => recipe('static_wi4'), 'INVALID_RECIPE');
    expect(message).toContain("'static_wi4'");
    expect(message).toContain('dynamic_wi8_afp32');
  });
});

describe('rules', () => {
  test('the last one that matches decides', () => {
    const keep: RecipeRule = { regex: 'head', operation: '*', algorithm_key: 'no_quantize' };
    expect(modes([...recipe('static_wi8_ai8'), keep])).toEqual([
      'static',
      'static',
      'static',
      'float',
    ]);
    expect(modes([keep, ...recipe('static_wi8_ai8')])[3]).toBe('static');
  });

  test('name one operator or all', () => {
    expect(modes([rule('.*', 'CONV_2D')])).toEqual(['dynamic', 'float', 'float', 'float']);
  });

  test('see all output names, each with a semicolon', () => {
    expect(modes([rule('left;.*right;$', '*')])[2]).toBe('dynamic');
    expect(modes([rule('^body/add;$', '*')])).toEqual(['float', 'dynamic', 'float', 'float']);
  });

  test('may be written as Python writes regular expressions', () => {
    expect(modes([rule('(?i)STEM/(?P<what>conv)', '*')])[0]).toBe('dynamic');
  });

  test('granularity and thresholds come through', () => {
    const perTensor = rule('.*', '*', {
      ...DYNAMIC,
      weight_tensor_config: { ...WEIGHTS, granularity: 'TENSORWISE' },
      min_weight_elements: 1024,
    });
    const weights = (one: RecipeRule) => resolveRecipe([one], MODEL).operators[0]![0]!.weights;
    expect(weights(perTensor)).toMatchObject({ granularity: 'tensor', minElements: 1024 });
    expect(weights(rule('.*', '*'))).toMatchObject({ granularity: 'channel', bits: 8 });
  });

  test.each([
    [
      'dynamic_wi4_afp32',
      'dynamic',
      { bits: 4, granularity: 'channel', narrowRange: false, clipping: 'mse' },
      {},
    ],
    ['dynamic_wi4b32_afp32', 'dynamic', { bits: 4, granularity: 'block', blockSize: 32 }, {}],
    ['weight_only_wi2_afp32', 'weight_only', { bits: 2 }, {}],
    ['dynamic_legacy_wi8_afp32', 'dynamic', { bits: 8, minElements: 1024 }, {}],
    ['static_wi8_ai16', 'static', { bits: 8 }, { bits: 16, symmetric: true }],
    ['static_wi4_ai16', 'static', { bits: 4 }, { bits: 16, symmetric: true }],
    ['static_wi4_ai8', 'static', { bits: 4 }, { bits: 8, symmetric: false }],
  ])('%s by its name', (name, mode, weights, activations) => {
    const [plan] = resolveRecipe(recipe(name), MODEL).operators[0]!;
    expect(plan).toMatchObject({ mode, weights, activations });
  });

  test('static_wi8_au8 has uint8 at the edges', () => {
    expect(resolveRecipe(recipe('static_wi8_au8'), MODEL)).toMatchObject({
      inputType: 'uint8',
      outputType: 'uint8',
    });
  });

  test.each([
    ['MSE', { clipping: 'mse' }],
    ['OCTAV', { clipping: 'octav' }],
    ['GPTQ', { clipping: 'min_max' }],
  ])('the algorithm %s', (algorithm_key, weights) => {
    const [plan] = resolveRecipe([{ ...rule('.*', '*'), algorithm_key }], MODEL).operators[0]!;
    expect(plan!.weights).toMatchObject(weights);
  });

  test('an observer for some operators', () => {
    const [all] = recipe('static_wi8_ai8');
    const one = structuredClone(all!);
    one.op_config!.activation_tensor_config!.observer = 'mse';
    const plans = resolveRecipe([all!, { ...one, operation: 'CONV_2D' }], MODEL).operators[0]!;
    expect(plans[0]!.activations.observer).toBe('mse');
    expect(plans[1]!.activations).not.toHaveProperty('observer');
  });

  test('for INPUT and OUTPUT set the types at the edges', () => {
    const [all] = recipe('static_wi8_ai8');
    const edges = [
      { ...all!, operation: 'INPUT' },
      { regex: '.*', operation: 'OUTPUT', algorithm_key: 'no_quantize' },
    ];
    expect(resolveRecipe([all!, ...edges], MODEL)).toMatchObject({
      inputType: 'int8',
      outputType: 'float32',
    });
    expect(resolveRecipe([all!], MODEL)).not.toHaveProperty('inputType');
  });

  test('keepFloat wins over all of them', () => {
    expect(modes(recipe('float16'), ['^head/', /ADD/i])).toEqual([
      'float16',
      'float',
      'float16',
      'float',
    ]);
    // A regular expression with a memory of its last match must not skip every other operator.
    expect(modes(recipe('float16'), [/body/g])).toEqual(['float16', 'float', 'float', 'float16']);
  });
});

describe('what cannot be done is refused by name', () => {
  const activations = { num_bits: 8, symmetric: false, granularity: 'TENSORWISE', dtype: 'INT' };
  const cases: [string, unknown, RegExp][] = [
    ['not a list', {}, /list of rules/],
    ['not an object', [1], /rule 0: is not an object/],
    ['no regex', [{ operation: '*', algorithm_key: 'no_quantize' }], /'regex'/],
    ['a broken regex', [rule('(', '*')], /'\(' is not a regular expression/],
    ['no config', [{ ...rule('.*', '*'), op_config: undefined }], /'op_config'/],
    [
      'int3 weights',
      [rule('.*', '*', { ...DYNAMIC, weight_tensor_config: { ...WEIGHTS, num_bits: 3 } })],
      /weights of 3 bits/,
    ],
    [
      'int4 activations',
      [
        rule('.*', '*', {
          ...DYNAMIC,
          activation_tensor_config: { ...activations, num_bits: 4, symmetric: true },
        }),
      ],
      /activations of 4 bits/,
    ],
    [
      'an unknown observer',
      [
        rule('.*', '*', {
          ...DYNAMIC,
          activation_tensor_config: { ...activations, observer: 'guess' as 'mse' },
        }),
      ],
      /no observer 'guess'/,
    ],
    [
      'blocks of an odd size',
      [
        rule('.*', '*', {
          ...DYNAMIC,
          weight_tensor_config: { ...WEIGHTS, granularity: 'BLOCKWISE_48' },
        }),
      ],
      /BLOCKWISE_48/,
    ],
    [
      'asymmetric weights of integer kernels',
      [rule('.*', '*', { ...DYNAMIC, weight_tensor_config: { ...WEIGHTS, symmetric: false } })],
      /asymmetric weights/,
    ],
    [
      'another algorithm',
      [{ ...rule('.*', '*'), algorithm_key: 'HADAMARD_ROTATION' }],
      /'HADAMARD_ROTATION'/,
    ],
    ['skipped checks', [rule('.*', '*', { ...DYNAMIC, skip_checks: true })], /skip_checks/],
  ];
  test.each(cases)('%s', async (_name, value, message) => {
    const error = await refusal(() => parseRecipe(JSON.stringify(value)), 'INVALID_RECIPE');
    expect(error.message).toMatch(message);
  });

  test('text that is not JSON', async () => {
    await refusal(() => parseRecipe('[{'), 'INVALID_RECIPE');
  });

  test('a keepFloat that is not a regular expression', async () => {
    await refusal(() => resolveRecipe(recipe('float16'), MODEL, ['[']), 'INVALID_RECIPE');
  });
});
