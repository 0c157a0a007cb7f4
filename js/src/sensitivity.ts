import type { OperatorPlan } from './recipe.js';
import type { Trial, Trials } from './trials.js';
import type {
  Inspection,
  OperatorSensitivity,
  SensitivityMode,
  SensitivityReport,
  TaskOptions,
} from './types.js';

/** By subgraph, then by operator. */
export type OperatorPlans = readonly (readonly OperatorPlan[])[];

/** An operator of the model as it came. */
export interface OperatorId {
  readonly subgraph: number;
  readonly op: number;
}

export interface MeasureSensitivityOptions extends TaskOptions {
  mode: SensitivityMode;
  /** Only these; default all that the quantization changes. */
  operators?: readonly OperatorId[] | undefined;
  /** What a trial with all of `quantized` gave, where it is known. */
  whole?: Trial | undefined;
}

/** Plans that are those of `inside` where `chosen` says so, and else those of `outside`. */
export function mixPlans(
  inside: OperatorPlans,
  outside: OperatorPlans,
  chosen: (subgraph: number, op: number) => boolean,
): OperatorPlan[][] {
  return inside.map((list, subgraph) =>
    list.map((plan, op) => (chosen(subgraph, op) ? plan : outside[subgraph]![op]!)),
  );
}

/**
 * Measures what each operator's quantization does to the model's outputs, by quantizing the model
 * anew for each.
 * @param quantized What is asked for every operator.
 * @param base What operators get instead: plans that keep them in float, or others.
 */
export async function measureSensitivity(
  trials: Trials,
  inspection: Pick<Inspection, 'subgraphs'>,
  quantized: OperatorPlans,
  base: OperatorPlans,
  options: MeasureSensitivityOptions,
): Promise<SensitivityReport> {
  const { mode } = options;
  const whole = options.whole ?? (await trials.measure(quantized));
  const wanted = options.operators?.map(({ subgraph, op }) => key(subgraph, op));
  const changed = whole.report.operators.filter(
    ({ subgraph, index, mode: got }) =>
      got !== 'float' && (!wanted || wanted.includes(key(subgraph, index))),
  );
  const operators: OperatorSensitivity[] = [];
  const done = (count: number) =>
    options.onProgress?.({ stage: 'sensitivity', done: count, total: changed.length });
  done(0);
  const before = new Set<string>();
  for (const operator of changed) {
    const own = key(operator.subgraph, operator.index);
    before.add(own);
    const trial = await trials.measure(
      mixPlans(quantized, base, (subgraph, op) => {
        const one = key(subgraph, op);
        if (mode === 'prefix') return before.has(one);
        return mode === 'only' ? one === own : one !== own;
      }),
    );
    operators.push({
      subgraph: operator.subgraph,
      op: operator.index,
      name: operator.name,
      scope: inspection.subgraphs[operator.subgraph]!.operators[operator.index]!.scope,
      outputs: trial.outputs,
      worstSqnrDb: trial.worstSqnrDb,
      meanSqnrDb: trial.meanSqnrDb,
      errorShare: 0,
      bytesBefore: operator.weightBytesBefore,
      bytesAfter: operator.weightBytesAfter,
      fileBytes: trial.bytes,
    });
    done(operators.length);
  }
  return {
    mode,
    samples: trials.samples,
    whole: {
      outputs: whole.outputs,
      worstSqnrDb: whole.worstSqnrDb,
      meanSqnrDb: whole.meanSqnrDb,
      fileBytes: whole.bytes,
    },
    operators: withShares(operators, errorsByMode(mode, operators, whole)),
  };
}

function key(subgraph: number, op: number): string {
  return `${subgraph}:${op}`;
}

/** Energy of the error relative to the signal's, summed over the outputs. */
function errorOf({ outputs }: Pick<Trial, 'outputs'>): number {
  return outputs.reduce((sum, { relativeError }) => sum + relativeError, 0);
}

/**
 * What each operator adds: alone; by what is missing without it; by what comes with it. Errors of
 * several operators may cancel out, which counts as none.
 */
function errorsByMode(
  mode: SensitivityMode,
  operators: readonly OperatorSensitivity[],
  whole: Trial,
): number[] {
  const errors = operators.map(errorOf);
  if (mode === 'only') return errors;
  return errors.map((error, i) =>
    Math.max(0, mode === 'except' ? errorOf(whole) - error : error - (errors[i - 1] ?? 0)),
  );
}

function withShares(
  operators: readonly OperatorSensitivity[],
  errors: readonly number[],
): OperatorSensitivity[] {
  const sum = errors.reduce((total, error) => total + error, 0);
  return operators.map((operator, i) => ({
    ...operator,
    errorShare: sum > 0 ? errors[i]! / sum : 0,
  }));
}
