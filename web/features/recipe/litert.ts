import { resolveRecipe, type IoType, type OperatorPlan, type RecipeRule } from 'octolite';
import { CHOICES, settle } from './limits.js';
import { baseRule, overrideRule, regexOfScope, rulesOf } from './rules.js';
import {
  DEFAULTS,
  quantizesActivations,
  type OperatorOverride,
  type RecipeSettings,
} from './settings.js';

/** Whatever a rule for all comes to. */
function planOf(rule: RecipeRule): OperatorPlan {
  const operators = [{ name: '*', scope: '' }];
  const model = { subgraphs: [{ operators }] } as unknown as Parameters<typeof resolveRecipe>[1];
  const { operators: plans } = resolveRecipe([{ ...rule, regex: '', operation: '*' }], model);
  return plans[0]![0]!;
}

function isSamePlan(a: OperatorPlan, b: OperatorPlan): boolean {
  const text = ({ mode, weights, activations }: OperatorPlan): string =>
    JSON.stringify([mode, Object.entries(weights).sort(), Object.entries(activations).sort()]);
  return text(a) === text(b);
}

function edgeRule(operation: 'INPUT' | 'OUTPUT', type: IoType): RecipeRule {
  const rule = baseRule({ ...DEFAULTS, activationBits: type === 'int16' ? 16 : 8 });
  const activations = rule.op_config?.activation_tensor_config;
  if (activations && type === 'uint8') activations.dtype = 'UINT';
  return { ...rule, operation };
}

/**
 * The rules in the form that the LiteRT Quantizer reads. What it has no words for is not in them:
 * observers, recovery, compression, targets, ranges set by hand.
 */
export function liteRtRules(settings: RecipeSettings): RecipeRule[] {
  const { inputType, outputType } = settings;
  return [
    ...rulesOf(settings),
    ...(inputType === 'float32' ? [] : [edgeRule('INPUT', inputType)]),
    ...(outputType === 'float32' ? [] : [edgeRule('OUTPUT', outputType)]),
  ];
}

/** The settings whose rule for all operators comes to the same plan. */
function baseOf(rule: RecipeRule): RecipeSettings | null {
  if (rule.operation !== '*' || !['', '.*', '^.*$'].includes(rule.regex)) return null;
  const { activations, ...rest } = planOf(rule);
  const { observer, percentile, ...plain } = activations;
  const ranges = { ...(observer && { observer }), ...(percentile !== undefined && { percentile }) };
  for (const method of CHOICES.method) {
    for (const weightBits of CHOICES.weightBits) {
      for (const granularity of CHOICES.granularity) {
        for (const clipping of CHOICES.clipping) {
          for (const activationBits of CHOICES.activationBits) {
            const part = { method, weightBits, granularity, clipping, activationBits, ...ranges };
            const settings = { ...DEFAULTS, ...part };
            if (settle(settings) !== settings) continue;
            const plan = planOf(baseRule(settings));
            if (isSamePlan(plan, { ...rest, activations: plain })) return settings;
          }
        }
      }
    }
  }
  return null;
}

function overrideOf(rule: RecipeRule, settings: RecipeSettings): OperatorOverride | null {
  const scope = rule.regex.slice(1, -1).replaceAll(/\\([\\^$.*+?()[\]{}|])/g, '$1');
  const { operation } = rule;
  if (operation === '*' || !scope.endsWith(';') || regexOfScope(scope) !== rule.regex) return null;
  for (const precision of ['float', 'int16'] as const) {
    const override = { scope, operation, precision };
    if (isSamePlan(planOf(rule), planOf(overrideRule(override, settings)))) return override;
  }
  return null;
}

/**
 * Rules as settings: the first for all operators, the last for one each, types of inputs and
 * outputs; what is in between stays as rules.
 * @param rules Checked by `parseRecipe`.
 */
export function settingsOfRules(rules: readonly RecipeRule[]): RecipeSettings {
  const { inputType, outputType } = resolveRecipe(rules, { subgraphs: [] });
  const inner = rules.filter(({ operation }) => operation !== 'INPUT' && operation !== 'OUTPUT');
  const [first, ...others] = inner;
  const base = first ? baseOf(first) : null;
  // Where no rule is for all, the others stay in float.
  const nothing: RecipeRule = { regex: '.*', operation: '*', algorithm_key: 'no_quantize' };
  const between = base ? others : [nothing, ...inner];
  const settings = base ?? { ...DEFAULTS, method: 'weight_only' as const };
  const overrides: OperatorOverride[] = [];
  for (;;) {
    const last = between.at(-1);
    const override = last ? overrideOf(last, settings) : null;
    if (!override || overrides.some(({ scope }) => scope === override.scope)) break;
    between.pop();
    overrides.unshift(override);
  }
  const whole = { ...settings, rules: between, overrides };
  if (!quantizesActivations(whole)) return whole;
  return { ...whole, inputType: inputType ?? 'float32', outputType: outputType ?? 'float32' };
}
