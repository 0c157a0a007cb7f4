import { OBSERVER_NAMES } from './observers.js';
import { OctoliteError } from './errors.js';
import type { Inspection, IoType, ObserverName, OperatorMode } from './types.js';

/** The ready-made recipes. Names follow the LiteRT Quantizer; `float16` and a few more are ours. */
export const RECIPE_NAMES = Object.freeze([
  /** int8 weights, float activations that are quantized while running. No calibration. */
  'dynamic_wi8_afp32',
  /** The same with int4 weights. */
  'dynamic_wi4_afp32',
  /** The same, but weights of fewer than 1,024 elements stay float, as TFLiteConverter does. */
  'dynamic_legacy_wi8_afp32',
  /** int8 weights that are expanded to float before use. No calibration. */
  'weight_only_wi8_afp32',
  /** The same with int4 weights. */
  'weight_only_wi4_afp32',
  /** int8 weights and int8 activations. Needs calibration. */
  'static_wi8_ai8',
  /** The same with uint8 inputs and outputs of the model. */
  'static_wi8_au8',
  /** int8 weights and int16 activations: nearly exact. Needs calibration. */
  'static_wi8_ai16',
  /** int4 weights and int8 activations. Needs calibration. */
  'static_wi4_ai8',
  /** int4 weights and int16 activations. Needs calibration. */
  'static_wi4_ai16',
  /** float16 weights that are expanded to float32 before use. No calibration. */
  'float16',
] as const);

/** One of RECIPE_NAMES. */
export type RecipeName = (typeof RECIPE_NAMES)[number];

/** How one kind of tensor is quantized, as the LiteRT Quantizer's JSON writes it. */
export interface TensorConfig {
  /** Weights: 8, 4 or 2, or 16 for floats. Activations: 8 or 16. */
  num_bits: number;
  /** Whether the zero point is 0. */
  symmetric?: boolean;
  /** TENSORWISE, CHANNELWISE, or BLOCKWISE_32, _64, _128 and _256. */
  granularity?: string;
  /** INT, UINT or FLOAT. */
  dtype?: string;
  /** Of BLOCKWISE without a number. */
  block_size?: number;
  algorithm_params?: Readonly<Record<string, unknown>>;
  /** Ours, of weights: leave the lowest code unused. Default: with 8 bits. */
  narrow_range?: boolean;
  /** Ours, of activations: how the ranges of these operators' outputs are chosen. */
  observer?: ObserverName;
  /** Ours, with the percentile observer. */
  percentile?: number;
}

/** How an operator is quantized, as the LiteRT Quantizer's JSON writes it. */
export interface OpConfig {
  /** Absent: activations stay float32. */
  activation_tensor_config?: TensorConfig | null;
  /** Absent: weights stay float32. */
  weight_tensor_config?: TensorConfig | null;
  /** INTEGER: the operator computes with integers; FLOAT: weights alone are quantized. */
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
  /** A regular expression, found anywhere in the scope. */
  regex: string;
  /** An operator's name ("CONV_2D"), "*" for all, or "INPUT" and "OUTPUT" of the model. */
  operation: string;
  /**
   * `min_max_uniform_quantize`; `MSE` and `OCTAV`, which clip weights; `GPTQ`, which rounds them by
   * what they do to the operator's output; `float_casting`; `no_quantize`.
   */
  algorithm_key: string;
  /** Absent with `no_quantize`. */
  op_config?: OpConfig;
}

/** Rules; of those that match an operator, the last one decides. */
export type Recipe = readonly RecipeRule[];

/** How an operator's weights become integers. */
export interface WeightPlan {
  readonly bits: 8 | 4 | 2;
  readonly granularity: 'tensor' | 'channel' | 'block';
  /** Weights that share a scale, with granularity `block`; else 0. */
  readonly blockSize: number;
  readonly symmetric: boolean;
  readonly narrowRange: boolean;
  readonly clipping: 'min_max' | 'mse' | 'octav';
  readonly minElements: number;
}

/** How an operator's outputs become integers. */
export interface ActivationPlan {
  readonly bits: 8 | 16;
  readonly symmetric: boolean;
  /** Absent: as the caller of `quantize` says. */
  readonly observer?: ObserverName;
  readonly percentile?: number;
}

/** What a rule comes to for an operator. */
export interface OperatorPlan {
  readonly mode: OperatorMode;
  readonly weights: WeightPlan;
  readonly activations: ActivationPlan;
}

/** A recipe applied to a model. */
export interface ResolvedRecipe {
  /** By subgraph, then by operator. */
  readonly operators: readonly (readonly OperatorPlan[])[];
  /** What rules for INPUT and OUTPUT say; absent when there is none. */
  readonly inputType?: IoType;
  readonly outputType?: IoType;
}

const INT8_WEIGHTS: WeightPlan = Object.freeze({
  bits: 8,
  granularity: 'channel',
  blockSize: 0,
  symmetric: true,
  narrowRange: true,
  clipping: 'min_max',
  minElements: 0,
});

/** The plan of an operator that stays as it is. */
export const FLOAT_PLAN: OperatorPlan = Object.freeze({
  mode: 'float',
  weights: INT8_WEIGHTS,
  activations: Object.freeze({ bits: 8, symmetric: false }),
});

function weightConfig(bits: number, granularity = 'CHANNELWISE'): TensorConfig {
  return { num_bits: bits, symmetric: true, granularity, dtype: 'INT' };
}

function rule(algorithm: string, op_config: OpConfig, operation = '*'): RecipeRule {
  return { regex: '.*', operation, algorithm_key: algorithm, op_config };
}

const MIN_MAX = 'min_max_uniform_quantize';

/** With few bits, clipping the largest weights costs less than the finer steps gain. */
function algorithmFor(bits: number): string {
  return bits < 8 ? 'MSE' : MIN_MAX;
}

function staticConfig(weightBits: number, activationBits: number): OpConfig {
  return {
    activation_tensor_config: {
      num_bits: activationBits,
      symmetric: activationBits === 16,
      granularity: 'TENSORWISE',
      dtype: 'INT',
    },
    weight_tensor_config: weightConfig(weightBits),
    compute_precision: 'INTEGER',
    explicit_dequantize: false,
  };
}

function weightsAlone(name: string, weights: TensorConfig): OpConfig {
  const dynamic = name.startsWith('dynamic');
  return {
    weight_tensor_config: weights,
    compute_precision: dynamic ? 'INTEGER' : 'FLOAT',
    explicit_dequantize: !dynamic,
  };
}

/** The names are a grammar: `dynamic_wi4b32_afp32` is int4 in blocks of 32, `c` is per channel. */
const FLOAT_ACTIVATIONS = /^(?:dynamic|weight_only)_wi([842])(?:c|b(32|64|128|256))?_afp32$/;
const STATIC = /^static_wi([84])_a(i8|u8|i16)$/;

function rulesOfName(name: string): RecipeRule[] | undefined {
  if (name === 'float16') {
    return [
      rule('float_casting', {
        weight_tensor_config: { num_bits: 16, granularity: 'TENSORWISE', dtype: 'FLOAT' },
        compute_precision: 'FLOAT',
        explicit_dequantize: true,
      }),
    ];
  }
  if (name === 'dynamic_legacy_wi8_afp32') {
    return [rule(MIN_MAX, { ...weightsAlone(name, weightConfig(8)), min_weight_elements: 1024 })];
  }
  const alone = FLOAT_ACTIVATIONS.exec(name);
  if (alone) {
    const [, bits, block] = alone;
    const granularity = block === undefined ? 'CHANNELWISE' : `BLOCKWISE_${block}`;
    const config = weightsAlone(name, weightConfig(Number(bits), granularity));
    return [rule(algorithmFor(Number(bits)), config)];
  }
  const full = STATIC.exec(name);
  if (!full) return undefined;
  const [, weightBits, activations] = full;
  const config = staticConfig(Number(weightBits), activations === 'i16' ? 16 : 8);
  const rules = [rule(algorithmFor(Number(weightBits)), config)];
  if (activations !== 'u8') return rules;
  const edge = structuredClone(config);
  edge.activation_tensor_config!.dtype = 'UINT';
  return [...rules, rule(MIN_MAX, edge, 'INPUT'), rule(MIN_MAX, structuredClone(edge), 'OUTPUT')];
}

/** Whether a ready-made recipe goes by the name. */
export function isRecipeName(name: string): boolean {
  return rulesOfName(name) !== undefined;
}

/**
 * The rules of a ready-made recipe; a fresh value each time, to be extended at will.
 * @param name One of RECIPE_NAMES, or a variation as the LiteRT Quantizer spells it:
 * `dynamic_wi4b32_afp32` for int4 weights by blocks of 32, `weight_only_wi2_afp32` for 2 bits.
 * @throws OctoliteError INVALID_RECIPE for an unknown name.
 */
export function recipe(name: string): RecipeRule[] {
  const rules = rulesOfName(name);
  if (!rules) {
    throw new OctoliteError('INVALID_RECIPE', `there is no recipe named '${name}'`, {
      hint: `the names are ${RECIPE_NAMES.join(', ')}`,
    });
  }
  return rules;
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

interface Grid {
  granularity: WeightPlan['granularity'];
  blockSize: number;
}

function gridOf(config: TensorConfig, rule: number): Grid {
  const granularity = config.granularity ?? 'TENSORWISE';
  if (granularity === 'TENSORWISE') return { granularity: 'tensor', blockSize: 0 };
  if (granularity === 'CHANNELWISE') return { granularity: 'channel', blockSize: 0 };
  const block = /^BLOCKWISE(?:_(32|64|128|256))?$/.exec(granularity);
  const blockSize = Number(block?.[1] ?? config.block_size);
  if (block && [32, 64, 128, 256].includes(blockSize)) return { granularity: 'block', blockSize };
  refuse(
    rule,
    block ? `weights by blocks of ${blockSize}` : `unknown granularity '${granularity}'`,
    'use TENSORWISE, CHANNELWISE, or BLOCKWISE_32, _64, _128 or _256',
  );
}

const CLIPPING: Readonly<Record<string, WeightPlan['clipping']>> = {
  min_max_uniform_quantize: 'min_max',
  MSE: 'mse',
  OCTAV: 'octav',
  GPTQ: 'min_max',
};

function weightPlan(config: TensorConfig, rule: RecipeRule, index: number): WeightPlan {
  const clipping = Object.hasOwn(CLIPPING, rule.algorithm_key)
    ? CLIPPING[rule.algorithm_key]
    : undefined;
  if (!clipping) {
    refuse(
      index,
      `the algorithm '${rule.algorithm_key}' is not supported`,
      `use ${Object.keys(CLIPPING).join(', ')}, float_casting or no_quantize`,
    );
  }
  const bits = config.num_bits;
  if (config.dtype !== undefined && config.dtype !== 'INT') {
    refuse(index, `weights of dtype ${config.dtype} are not supported`, 'use INT');
  }
  if (bits !== 8 && bits !== 4 && bits !== 2) {
    refuse(index, `weights of ${bits} bits are not supported`, 'use 8, 4 or 2');
  }
  return {
    bits,
    ...gridOf(config, index),
    symmetric: config.symmetric ?? true,
    narrowRange: config.narrow_range ?? bits === 8,
    clipping,
    minElements: minElements(rule, index),
  };
}

function minElements(rule: RecipeRule, index: number): number {
  const count = rule.op_config?.min_weight_elements ?? 0;
  if (!Number.isSafeInteger(count) || count < 0) {
    refuse(index, `'min_weight_elements' is not a count`);
  }
  return count;
}

function activationPlan(config: TensorConfig, index: number): ActivationPlan {
  const { num_bits: bits, dtype = 'INT', observer, percentile } = config;
  if (bits !== 8 && bits !== 16) {
    refuse(index, `activations of ${bits} bits are not supported`, 'use 8 or 16');
  }
  if (dtype !== 'INT' && dtype !== 'UINT') {
    refuse(index, `activations of dtype ${dtype} are not supported`, 'use INT');
  }
  if ((config.granularity ?? 'TENSORWISE') !== 'TENSORWISE') {
    refuse(index, 'activations have one scale for the whole tensor', 'use TENSORWISE');
  }
  if (observer !== undefined && !OBSERVER_NAMES.includes(observer)) {
    refuse(index, `there is no observer '${String(observer)}'`, `use ${OBSERVER_NAMES.join(', ')}`);
  }
  if (percentile !== undefined && !(percentile > 50 && percentile <= 100)) {
    refuse(index, `'percentile' is not above 50 and at most 100`);
  }
  return {
    bits,
    symmetric: bits === 16 || (config.symmetric ?? true),
    ...(observer !== undefined && { observer }),
    ...(percentile !== undefined && { percentile }),
  };
}

/** What a rule asks for, or a refusal. */
function planOfRule(rule: RecipeRule, index: number): OperatorPlan {
  if (rule.algorithm_key === 'no_quantize') return FLOAT_PLAN;
  const config = rule.op_config;
  if (typeof config !== 'object' || config === null) refuse(index, `'op_config' is missing`);
  const { weight_tensor_config: weights, activation_tensor_config: activations } = config;
  if (config.skip_checks) {
    refuse(index, `'skip_checks' is not supported`, 'what an operator cannot do stays in float');
  }
  if (!weights) refuse(index, `'weight_tensor_config' is missing`);

  if (rule.algorithm_key === 'float_casting') {
    if (weights.dtype !== 'FLOAT' || weights.num_bits !== 16 || activations) {
      refuse(index, 'float_casting makes float16 weights and nothing else');
    }
    const plan = { ...INT8_WEIGHTS, minElements: minElements(rule, index) };
    return { ...FLOAT_PLAN, mode: 'float16', weights: plan };
  }
  const plan = { ...FLOAT_PLAN, weights: weightPlan(weights, rule, index) };
  if (activations) {
    if (config.compute_precision !== 'INTEGER') {
      refuse(index, 'quantized activations need compute_precision INTEGER');
    }
    if (plan.weights.minElements > 0) {
      refuse(index, `'min_weight_elements' does not go with quantized activations`);
    }
    if (!plan.weights.symmetric) refuseAsymmetric(index);
    return { ...plan, mode: 'static', activations: activationPlan(activations, index) };
  }
  if (config.compute_precision === 'INTEGER') {
    if (config.explicit_dequantize) {
      refuse(index, 'compute_precision INTEGER contradicts explicit_dequantize');
    }
    if (!plan.weights.symmetric) refuseAsymmetric(index);
    return { ...plan, mode: 'dynamic' };
  }
  return { ...plan, mode: 'weight_only' };
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
  return rules.some((rule, index) => planOfRule(rule, index).mode === 'static');
}

/** Whether a rule asks for weights to be rounded by what they do to the operator's output. */
export function asksForRounding(rules: Recipe): boolean {
  return rules.some(({ algorithm_key }) => algorithm_key === 'GPTQ');
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
    unsigned: rule.op_config?.activation_tensor_config?.dtype === 'UINT',
  }));
  const kept = keepFloat.map((pattern) =>
    typeof pattern === 'string' ? compileRegex(pattern, 'keepFloat') : pattern,
  );

  const operators = model.subgraphs.map((subgraph) =>
    subgraph.operators.map(({ name, scope }): OperatorPlan => {
      if (kept.some((regex) => scope.search(regex) >= 0)) return FLOAT_PLAN;
      const rule = compiled.findLast(
        ({ regex, operation }) => (operation === '*' || operation === name) && regex.test(scope),
      );
      return rule?.plan ?? FLOAT_PLAN;
    }),
  );

  const ioType = (operation: 'INPUT' | 'OUTPUT'): IoType | undefined => {
    const rule = compiled.findLast((one) => one.operation === operation);
    if (!rule) return undefined;
    if (rule.plan.mode !== 'static') return 'float32';
    if (rule.plan.activations.bits === 16) return 'int16';
    return rule.unsigned ? 'uint8' : 'int8';
  };
  const inputType = ioType('INPUT');
  const outputType = ioType('OUTPUT');
  return { operators, ...(inputType && { inputType }), ...(outputType && { outputType }) };
}
