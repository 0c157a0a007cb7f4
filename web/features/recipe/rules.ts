import { recipe, type RecipeRule } from 'octolite';
import type { OperatorOverride, RecipeSettings } from './settings.js';

/** The library's name for what the settings ask of all operators: "static_wi8_ai8". */
export function recipeName({
  method,
  weightBits,
  activationBits,
}: Pick<RecipeSettings, 'method' | 'weightBits' | 'activationBits'>): string {
  switch (method) {
    case 'static':
      return `static_wi${weightBits}_ai${activationBits}`;
    case 'float16':
      return 'float16';
    default:
      return `${method}_wi${weightBits}_afp32`;
  }
}

export const ALGORITHMS: Readonly<Record<RecipeSettings['clipping'], string>> = {
  min_max: 'min_max_uniform_quantize',
  mse: 'MSE',
  octav: 'OCTAV',
};

/** A regular expression that this scope alone matches, in Python as in JavaScript. */
export function regexOfScope(scope: string): string {
  return `^${scope.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
}

type Base = Pick<
  RecipeSettings,
  'method' | 'weightBits' | 'activationBits' | 'granularity' | 'clipping'
>;

/** The rule for all operators. */
export function baseRule(base: Base): RecipeRule {
  const [rule] = recipe(recipeName(base));
  if (!rule) throw new Error('a recipe without a rule');
  if (base.method === 'float16') return rule;
  rule.algorithm_key = ALGORITHMS[base.clipping];
  const weights = rule.op_config?.weight_tensor_config;
  if (weights) weights.granularity = base.granularity;
  return rule;
}

/** Weights as for all others where integers and 16-bit activations take them so. */
function wideRule(settings: RecipeSettings): RecipeRule {
  const { weightBits, granularity } = settings;
  return baseRule({
    ...settings,
    method: 'static',
    activationBits: 16,
    weightBits: settings.method !== 'float16' && weightBits === 4 ? 4 : 8,
    granularity: granularity.startsWith('BLOCKWISE') ? 'CHANNELWISE' : granularity,
  });
}

export function overrideRule(
  { scope, operation, precision }: OperatorOverride,
  settings: RecipeSettings,
): RecipeRule {
  const regex = regexOfScope(scope);
  if (precision === 'float') return { regex, operation, algorithm_key: 'no_quantize' };
  return { ...wideRule(settings), regex, operation };
}

/** The rule for all operators, then the exceptions, as the later rule wins. */
export function rulesOf(settings: RecipeSettings): RecipeRule[] {
  return [
    baseRule(settings),
    ...structuredClone([...settings.rules]),
    ...settings.overrides.map((override) => overrideRule(override, settings)),
  ];
}
