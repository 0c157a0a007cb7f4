import { OctoliteError } from './errors.js';
import { rankOf } from './evaluate.js';
import { recipe, resolveRecipe, type OperatorPlan, type RecipeRule } from './recipe.js';
import { regexOfScope } from './report/suggestions.js';
import { measureSensitivity, type OperatorPlans } from './sensitivity.js';
import type { OutputVisitor, Trial, Trials } from './trials.js';
import type {
  AutoBudget,
  AutoChoice,
  AutoReport,
  Inspection,
  OutputQuality,
  TaskOptions,
} from './types.js';

/** From the smallest to the most exact. */
export type Level =
  'static_wi4_ai8' | 'static_wi8_ai8' | 'static_wi4_ai16' | 'static_wi8_ai16' | 'float';

export interface MixedPrecisionOptions extends TaskOptions {
  budget: AutoBudget;
  levels: readonly Level[];
  keepFloat: readonly (string | RegExp)[];
}

interface Found {
  readonly operators: OperatorPlan[][];
  readonly report: AutoReport;
}

/** One operator taken from one level to a more exact one. */
interface Step {
  readonly operator: number;
  readonly level: number;
}

interface Candidate {
  readonly subgraph: number;
  readonly op: number;
  readonly name: string;
  readonly scope: string;
  /** By level: energy of the error that it alone gives the worst output, relative to the signal. */
  readonly errors: number[];
  /** By level: of its weights. */
  readonly bytes: number[];
}

/** Counts how often the largest value of the first output is the label. */
function topOne(labels: ArrayLike<number>): { visit: OutputVisitor; share: () => number } {
  let seen = 0;
  let right = 0;
  return {
    visit: (output, _reference, value) => {
      if (output !== 0) return;
      if (rankOf(value, labels[seen++]!) < 1) ++right;
    },
    share: () => right / seen,
  };
}

/**
 * Finds for each operator how exactly it must be computed for the whole model to keep within a
 * budget. Each operator is measured alone at every level; then, from all operators at the smallest
 * level, those are made more exact one after the other that take away the most error for the bytes
 * they cost, and the shortest row of such steps that keeps the budget is searched for by measuring
 * the whole model. (Errors of operators add up nearly enough for an order; that the model keeps the
 * budget is never concluded but measured.)
 */
export async function findMixedPrecision(
  trials: Trials,
  inspection: Pick<Inspection, 'subgraphs'>,
  options: MixedPrecisionOptions,
): Promise<Found> {
  const { budget, levels } = options;
  checkBudget(budget, trials.samples);
  const plans = levels.map((level) => plansOf(level, inspection, options.keepFloat));
  const candidates = await measureCandidates(trials, inspection, plans, options);
  const steps = orderSteps(candidates, levels.length);

  const measured = new Map<number, Measurement>();
  const measure = async (count: number): Promise<Measurement> => {
    const known = measured.get(count);
    if (known) return known;
    const operators = plansAfter(plans, candidates, steps.slice(0, count));
    const top1 = budget.labels && topOne(budget.labels);
    const trial = await trials.measure(operators, {}, top1?.visit);
    const one = { operators, trial, ...(top1 && { top1: top1.share() }) };
    measured.set(count, one);
    options.onProgress?.({ stage: 'auto', done: measured.size, total: trialsOf(steps.length) });
    return one;
  };
  const floatTop1 = budget.labels && floatTopOne(trials, budget.labels);
  const count = await search(steps.length, budget, floatTop1, measure);
  const best = await measure(count);
  const levelOf = levelsAfter(candidates, steps.slice(0, count));
  const choices = candidates.map((candidate, i): AutoChoice => {
    const { subgraph, op, name, scope, errors } = candidate;
    const level = levelOf[i]!;
    return { subgraph, op, name, scope, scheme: levels[level]!, relativeError: errors[level]! };
  });
  return {
    operators: best.operators,
    report: {
      reached: keeps(best, budget, floatTop1),
      measured: quality(best.trial),
      samples: trials.samples,
      trials: measured.size + candidates.length * (levels.length - 1),
      choices,
      recipe: recipeOf(choices, levels),
      ...(best.top1 !== undefined && { top1: best.top1, floatTop1: floatTop1! }),
    },
  };
}

interface Measurement {
  readonly operators: OperatorPlan[][];
  readonly trial: Trial;
  readonly top1?: number;
}

function checkBudget(budget: AutoBudget, samples: number): void {
  const asked = [budget.sqnrDb, budget.top1Drop, budget.bytes].filter((one) => one !== undefined);
  if (asked.length !== 1 || !Number.isFinite(asked[0])) {
    throw new OctoliteError(
      'INVALID_ARGUMENT',
      'a budget is one number: sqnrDb, top1Drop or bytes',
    );
  }
  if (budget.top1Drop !== undefined && (budget.labels?.length ?? 0) < samples) {
    throw new OctoliteError('INVALID_ARGUMENT', `top1Drop needs the 'labels' of all samples`);
  }
}

function plansOf(
  level: Level,
  inspection: Pick<Inspection, 'subgraphs'>,
  keepFloat: readonly (string | RegExp)[],
): OperatorPlans {
  const rules = level === 'float' ? [] : recipe(level);
  return resolveRecipe(rules, inspection, keepFloat).operators;
}

async function measureCandidates(
  trials: Trials,
  inspection: Pick<Inspection, 'subgraphs'>,
  plans: readonly OperatorPlans[],
  options: MixedPrecisionOptions,
): Promise<Candidate[]> {
  const float = plans.at(-1)!;
  const found = new Map<string, Candidate>();
  for (const [level, plan] of plans.slice(0, -1).entries()) {
    const { operators } = await measureSensitivity(trials, inspection, plan, float, {
      ...options,
      mode: 'only',
    });
    for (const { subgraph, op, name, scope, outputs, bytesBefore, bytesAfter } of operators) {
      const key = `${subgraph}:${op}`;
      const candidate = found.get(key) ?? {
        subgraph,
        op,
        name,
        scope,
        // What a level cannot do stays float: no error, all bytes.
        errors: plans.map(() => 0),
        bytes: plans.map(() => bytesBefore),
      };
      candidate.errors[level] = Math.max(...outputs.map(({ relativeError }) => relativeError));
      candidate.bytes[level] = bytesAfter;
      found.set(key, candidate);
    }
  }
  return [...found.values()];
}

/** All steps from the smallest level to float, those first that gain the most for their bytes. */
function orderSteps(candidates: readonly Candidate[], levels: number): Step[] {
  const current = candidates.map(() => 0);
  // A conversion or two and a slower kernel, where there are no weights to count.
  const overhead = 256;
  const steps: Step[] = [];
  for (;;) {
    let best: (Step & { value: number }) | undefined;
    candidates.forEach(({ errors, bytes }, operator) => {
      const from = current[operator]!;
      for (let level = from + 1; level < levels; ++level) {
        const gain = errors[from]! - errors[level]!;
        const cost = Math.max(0, bytes[level]! - bytes[from]!) + overhead;
        const value = gain / cost;
        if (!best || value > best.value) best = { operator, level, value };
      }
    });
    if (!best) return steps;
    current[best.operator] = best.level;
    steps.push({ operator: best.operator, level: best.level });
  }
}

function levelsAfter(candidates: readonly Candidate[], steps: readonly Step[]): number[] {
  const levels = candidates.map(() => 0);
  for (const { operator, level } of steps) levels[operator] = level;
  return levels;
}

function plansAfter(
  plans: readonly OperatorPlans[],
  candidates: readonly Candidate[],
  steps: readonly Step[],
): OperatorPlan[][] {
  const operators = plans[0]!.map((list) => [...list]);
  const levels = levelsAfter(candidates, steps);
  candidates.forEach(({ subgraph, op }, i) => {
    operators[subgraph]![op] = plans[levels[i]!]![subgraph]![op]!;
  });
  return operators;
}

function keeps(one: Measurement, budget: AutoBudget, floatTop1: number | undefined): boolean {
  if (budget.bytes !== undefined) return one.trial.bytes <= budget.bytes;
  if (budget.sqnrDb !== undefined) return one.trial.worstSqnrDb >= budget.sqnrDb;
  return floatTop1! - one.top1! <= budget.top1Drop! + 1e-9;
}

/** How many steps: as few as keep the quality, or as many as keep the size. */
async function search(
  length: number,
  budget: AutoBudget,
  floatTop1: number | undefined,
  measure: (count: number) => Promise<Measurement>,
): Promise<number> {
  const wantsMany = budget.bytes !== undefined;
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = wantsMany ? (low + high + 1) >> 1 : (low + high) >> 1;
    const kept = keeps(await measure(middle), budget, floatTop1);
    if (wantsMany) {
      if (kept) low = middle;
      else high = middle - 1;
    } else if (kept) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** As many as the search measures at most. */
function trialsOf(steps: number): number {
  return Math.ceil(Math.log2(steps + 1)) + 1;
}

function floatTopOne(trials: Trials, labels: ArrayLike<number>): number {
  const { visit, share } = topOne(labels);
  for (const values of trials.referenceOf(0)) visit(0, values, values);
  return share();
}

function quality({ outputs, worstSqnrDb, meanSqnrDb, bytes }: Trial): OutputQuality {
  return { outputs, worstSqnrDb, meanSqnrDb, fileBytes: bytes };
}

/** Rules that ask for the same; operators without a name of their own share their last choice. */
function recipeOf(choices: readonly AutoChoice[], levels: readonly Level[]): RecipeRule[] {
  const base = levels[0]!;
  const rules = base === 'float' ? [] : recipe(base);
  for (const { name, scope, scheme } of choices) {
    if (scheme === base) continue;
    const [rule] = scheme === 'float' ? [FLOAT_RULE] : recipe(scheme);
    rules.push({ ...rule!, regex: regexOfScope(scope), operation: name });
  }
  return rules;
}

const FLOAT_RULE: RecipeRule = { regex: '.*', operation: '*', algorithm_key: 'no_quantize' };
