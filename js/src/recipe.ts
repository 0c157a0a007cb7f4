import { OctoliteError } from './errors.js';
import type { Inspection, OperatorMode } from './types.js';

/** The ready-made recipes. Names follow the LiteRT Quantizer; `float16` is ours. */
export const RECIPE_NAMES = Object.freeze([
  /** int8 weights, float activations that are quantized while running. No calibration. */
  'dynamic_wi8_afp32',
  /** int8 weights that are expanded to float before use. No calibration. */
  'weight_only_wi8_afp32',
  /** int8 weights and int8 activations. Needs calibration. */
  'static_wi8_ai8',
  /** float16 weights that are expanded to float32 before use. No calibration. */
  'float16',
] as const);

export type RecipeName = (typeof RECIPE_NAMES)[number];

/** How one kind of tensor is quantized, as the LiteRT Quantizer's JSON writes it. */
export interface TensorConfig {
  num_bits: number;
  symmetric?: boolean;
  granularity?: string;
  dtype?: string;
  block_size?: number;
}

export interface OpConfig {
  activation_tensor_config?: TensorConfig;
  weight_tensor_config?: TensorConfig;
  compute_precision?: 'INTEGER' | 'FLOAT';
  explicit_dequantize?: boolean;
  skip_checks?: boolean;
  /** Operators whose weights have fewer elements stay in float. Not with quantized activations. */
  min_weight_elements?: number;
}

/**
 * One rule: operators whose scope matches `regex` and whose name is `operation` get `op_config`.
 * The scope of an operator is the names of its output tensors, each followed by a semicolon. Of
 * the rules that match an operator, the last one decides.
 */
export interface RecipeRule {
  regex: string;
  /** An operator's name ("CONV_2D"), "*" for all, or "INPUT" and "OUTPUT" of the model. */
  operation: string;
  algorithm_key: string;
  op_config?: OpConfig;
}

export type Recipe = readonly RecipeRule[];

/** What a rule comes to for an operator. */
export interface OperatorPlan {
  readonly mode: OperatorMode;
  /** One weight scale for each output channel instead of one for all. */
  readonly perChannel: boolean;
  readonly symmetricWeights: boolean;
  readonly symmetricActivations: boolean;
  readonly minWeightElements: number;
}

export interface ResolvedRecipe {
  /** By subgraph, then by operator. */
  readonly operators: readonly (readonly OperatorPlan[])[];
  /** What rules for INPUT and OUTPUT say; absent when there is none. */
  readonly inputType?: 'float32' | 'int8';
  readonly outputType?: 'float32' | 'int8';
}

const FLOAT: OperatorPlan = Object.freeze({
  mode: 'float',
  perChannel: true,
  symmetricWeights: true,
  symmetricActivations: false,
  minWeightElements: 0,
});

const INT8_WEIGHTS: TensorConfig = Object.freeze({
  num_bits: 8,
  symmetric: true,
  granularity: 'CHANNELWISE',
  dtype: 'INT',
});

const RECIPES: Readonly<Record<RecipeName, { algorithm: string; config: OpConfig }>> = {
  dynamic_wi8_afp32: {
    algorithm: 'min_max_uniform_quantize',
    config: {
      weight_tensor_config: INT8_WEIGHTS,
      compute_precision: 'INTEGER',
      explicit_dequantize: false,
    },
  },
  weight_only_wi8_afp32: {
    algorithm: 'min_max_uniform_quantize',
    config: {
      weight_tensor_config: INT8_WEIGHTS,
      compute_precision: 'FLOAT',
      explicit_dequantize: true,
    },
  },
  static_wi8_ai8: {
    algorithm: 'min_max_uniform_quantize',
    config: {
      activation_tensor_config: {
        num_bits: 8,
        symmetric: false,
        granularity: 'TENSORWISE',
        dtype: 'INT',
      },
      weight_tensor_config: INT8_WEIGHTS,
      compute_precision: 'INTEGER',
      explicit_dequantize: false,
    },
  },
  float16: {
    algorithm: 'float_casting',
    config: {
      weight_tensor_config: { num_bits: 16, granularity: 'TENSORWISE', dtype: 'FLOAT' },
      compute_precision: 'FLOAT',
      explicit_dequantize: true,
    },
  },
};

function isRecipeName(name: string): name is RecipeName {
  return (RECIPE_NAMES as readonly string[]).includes(name);
}

/**
 * The rules of a ready-made recipe; a fresh value each time, to be extended at will.
 * @throws OctoliteError INVALID_RECIPE for an unknown name.
 */
export function recipe(name: string): RecipeRule[] {
  if (!isRecipeName(name)) {
    throw new OctoliteError('INVALID_RECIPE', `there is no recipe named '${name}'`, {
      hint: `the names are ${RECIPE_NAMES.join(', ')}`,
    });
  }
  const { algorithm, config } = RECIPES[name];
  return [
    {
      regex: '.*',
      operation: '*',
      algorithm_key: algorithm,
      op_config: structuredClone(config),
    },
  ];
}

function refuse(rule: number | string, what: string, hint?: string): never {
  const place = typeof rule === 'number' ? `rule ${rule}: ` : '';
  throw new OctoliteError('INVALID_RECIPE', place + what, hint === undefined ? {} : { hint });
}

/**
 * Reads a recipe from JSON text, in the form of the LiteRT Quantizer.
 * @throws OctoliteError INVALID_RECIPE.
 */
export function parseRecipe(json: string): RecipeRule[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    refuse('', `the recipe is not JSON: ${(error as Error).message}`);
  }
  checkRecipe(value);
  return value;
}

/** Checks the form of a recipe and that every rule asks for something that can be done. */
function checkRecipe(value: unknown): asserts value is RecipeRule[] {
  if (!Array.isArray(value)) refuse('', 'a recipe is a list of rules');
  value.forEach((rule: unknown, index) => {
    if (typeof rule !== 'object' || rule === null) refuse(index, 'is not an object');
    const { regex, operation, algorithm_key } = rule as Partial<RecipeRule>;
    if (typeof regex !== 'string') refuse(index, `'regex' is not a string`);
    if (typeof operation !== 'string') refuse(index, `'operation' is not a string`);
    if (typeof algorithm_key !== 'string') refuse(index, `'algorithm_key' is not a string`);
    compileRegex(regex, index);
    planOfRule(rule as RecipeRule, index);
  });
}

/** Python's spelling of a regular expression, which recipes come with, in JavaScript's. */
function compileRegex(source: string, rule: number | string): RegExp {
  const inline = /^\(\?([ims]+)\)/.exec(source);
  const body = source.slice(inline?.[0].length ?? 0).replaceAll('(?P<', '(?<');
  try {
    return new RegExp(body, inline?.[1] ?? '');
  } catch (error) {
    refuse(rule, `'${source}' is not a regular expression: ${(error as Error).message}`);
  }
}

const ONLY_8_BIT = 'this version quantizes to int8 and float16';

function checkIntConfig(config: TensorConfig, what: string, rule: number): void {
  const dtype = config.dtype ?? 'INT';
  if (dtype !== 'INT') refuse(rule, `${what} of dtype ${dtype} are not supported`, ONLY_8_BIT);
  if (config.num_bits !== 8) {
    refuse(rule, `${what} of ${config.num_bits} bits are not supported`, ONLY_8_BIT);
  }
  if (config.block_size || (config.granularity ?? '').startsWith('BLOCKWISE')) {
    refuse(rule, `${what} quantized by blocks are not supported`, 'use CHANNELWISE');
  }
  const granularity = config.granularity ?? 'TENSORWISE';
  if (granularity !== 'TENSORWISE' && granularity !== 'CHANNELWISE') {
    refuse(rule, `unknown granularity '${granularity}'`, 'use TENSORWISE or CHANNELWISE');
  }
}

/** What a rule asks for, or a refusal. */
function planOfRule(rule: RecipeRule, index: number): OperatorPlan {
  if (rule.algorithm_key === 'no_quantize') return FLOAT;
  const config = rule.op_config;
  if (typeof config !== 'object' || config === null) refuse(index, `'op_config' is missing`);
  const weights = config.weight_tensor_config;
  const activations = config.activation_tensor_config;
  if (config.skip_checks) {
    refuse(index, `'skip_checks' is not supported`, 'what an operator cannot do stays in float');
  }
  if (!weights) refuse(index, `'weight_tensor_config' is missing`);
  const minWeightElements = config.min_weight_elements ?? 0;
  if (!Number.isSafeInteger(minWeightElements) || minWeightElements < 0) {
    refuse(index, `'min_weight_elements' is not a count`);
  }

  if (rule.algorithm_key === 'float_casting') {
    if (weights.dtype !== 'FLOAT' || weights.num_bits !== 16 || activations) {
      refuse(index, 'float_casting makes float16 weights and nothing else', ONLY_8_BIT);
    }
    return { ...FLOAT, mode: 'float16', minWeightElements };
  }
  if (rule.algorithm_key !== 'min_max_uniform_quantize') {
    refuse(
      index,
      `the algorithm '${rule.algorithm_key}' is not supported`,
      'use min_max_uniform_quantize, float_casting or no_quantize',
    );
  }
  checkIntConfig(weights, 'weights', index);
  const plan = {
    perChannel: weights.granularity === 'CHANNELWISE',
    symmetricWeights: weights.symmetric ?? true,
    symmetricActivations: activations !== undefined && (activations.symmetric ?? true),
    minWeightElements,
  };
  if (activations) {
    checkIntConfig(activations, 'activations', index);
    if (activations.granularity === 'CHANNELWISE') {
      refuse(index, 'activations quantized per channel are not supported', 'use TENSORWISE');
    }
    if (config.compute_precision !== 'INTEGER') {
      refuse(index, 'quantized activations need compute_precision INTEGER');
    }
    if (minWeightElements > 0) {
      refuse(index, `'min_weight_elements' does not go with quantized activations`);
    }
    if (!plan.symmetricWeights) refuseAsymmetric(index);
    return { ...plan, mode: 'static_int8' };
  }
  if (config.compute_precision === 'INTEGER') {
    if (config.explicit_dequantize) {
      refuse(index, 'compute_precision INTEGER contradicts explicit_dequantize');
    }
    if (!plan.symmetricWeights) refuseAsymmetric(index);
    return { ...plan, mode: 'dynamic_int8' };
  }
  return { ...plan, mode: 'weight_only_int8' };
}

function refuseAsymmetric(rule: number): never {
  refuse(
    rule,
    'asymmetric weights need the weight-only mode',
    'integer kernels take symmetric ones',
  );
}

/** Whether a recipe quantizes activations ahead of time. */
export function needsCalibration(rules: Recipe): boolean {
  return rules.some((rule, index) => planOfRule(rule, index).mode === 'static_int8');
}

/** The rules that a caller named or wrote out, checked. */
export function toRules(given: string | Recipe): RecipeRule[] {
  if (typeof given === 'string') return recipe(given);
  checkRecipe(given);
  return [...given];
}

/**
 * Applies a recipe to a model: what is asked for every operator, before the quantizer says what it
 * can get.
 * @param keepFloat Operators whose scope matches any of these stay in float, whatever the rules say.
 * @throws OctoliteError INVALID_RECIPE for a rule that asks for what cannot be done.
 */
export function resolveRecipe(
  rules: Recipe,
  model: Pick<Inspection, 'subgraphs'>,
  keepFloat: readonly (string | RegExp)[] = [],
): ResolvedRecipe {
  const compiled = toRules(rules).map((rule, index) => ({
    regex: compileRegex(rule.regex, index),
    operation: rule.operation,
    plan: planOfRule(rule, index),
  }));
  const kept = keepFloat.map((pattern) =>
    typeof pattern === 'string' ? compileRegex(pattern, 'keepFloat') : pattern,
  );

  const operators = model.subgraphs.map((subgraph) =>
    subgraph.operators.map(({ name, scope }): OperatorPlan => {
      if (kept.some((regex) => scope.search(regex) >= 0)) return FLOAT;
      const rule = compiled.findLast(
        ({ regex, operation }) => (operation === '*' || operation === name) && regex.test(scope),
      );
      return rule?.plan ?? FLOAT;
    }),
  );

  const ioType = (operation: 'INPUT' | 'OUTPUT'): 'float32' | 'int8' | undefined => {
    const rule = compiled.findLast((one) => one.operation === operation);
    if (!rule) return undefined;
    return rule.plan.mode === 'static_int8' ? 'int8' : 'float32';
  };
  const inputType = ioType('INPUT');
  const outputType = ioType('OUTPUT');
  return { operators, ...(inputType && { inputType }), ...(outputType && { outputType }) };
}
