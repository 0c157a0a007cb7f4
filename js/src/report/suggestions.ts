import type { QuantizePlan } from '../engine.js';
import { ErrorSum } from '../error_sum.js';
import { mixPlans, type OperatorPlans } from '../sensitivity.js';
import type { Trial, Trials } from '../trials.js';
import type { Inspection, ObserverName, OperatorSensitivity, TensorDetails } from '../types.js';
import { formatSize, shortScope } from './format.js';
import type { Suggestion } from './types.js';

/** Less than this is no reason to do anything, in dB. */
const WORTH_DB = 1.5;
/** What the converter's documentation asks for at least. */
const USUAL_SAMPLES = 100;
/** Operators that a suggestion calls by name. */
const NAMED = 3;
/** Ranges of channels that differ by more share no scale of 8 bits well. */
const MIXED_RATIO = 50;

export interface ObserverChoice {
  readonly observer: ObserverName;
  readonly percentile?: number;
}

export interface SuggestionContext {
  readonly trials: Trials;
  readonly inspection: Pick<Inspection, 'subgraphs'>;
  readonly quantized: OperatorPlans;
  readonly float: OperatorPlans;
  readonly whole: Trial;
  /** Each quantized alone. */
  readonly alone: readonly OperatorSensitivity[];
  /** Absent for a recipe without calibration. */
  readonly calibrationSamples: number | undefined;
  readonly observers: readonly ObserverChoice[];
  /** The plan with another observer. */
  readonly planWith: (observer: ObserverChoice) => Promise<QuantizePlan>;
}

/** What could help, tried and measured. */
export async function suggest(context: SuggestionContext): Promise<Suggestion[]> {
  return [
    ...(await keepingFloat(context)),
    ...(await otherObserver(context)),
    ...(await mixedRanges(context)),
    ...fewSamples(context.calibrationSamples),
  ];
}

/** A regular expression that this scope alone matches. */
export function regexOfScope(scope: string): string {
  return `^${scope.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(1)} dB`;
}

function sizeChange(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}${formatSize(Math.abs(bytes))}`;
}

/** The one, two, four, ... operators that add the most error, in float. */
async function keepingFloat(context: SuggestionContext): Promise<Suggestion[]> {
  const { trials, quantized, float, whole, alone } = context;
  const scopes = context.inspection.subgraphs.flatMap(({ operators }) =>
    operators.map(({ scope }) => scope),
  );
  const ranked = alone
    .filter(({ scope }) => scope !== '' && scopes.indexOf(scope) === scopes.lastIndexOf(scope))
    .sort((a, b) => b.errorShare - a.errorShare);
  const found: Suggestion[] = [];
  let reached = whole.worstSqnrDb;
  for (let count = 1; count <= 8 && 2 * count <= ranked.length; count *= 2) {
    const kept = ranked.slice(0, count);
    const isKept = (subgraph: number, op: number) =>
      kept.some((one) => one.subgraph === subgraph && one.op === op);
    const trial = await trials.measure(mixPlans(float, quantized, isKept));
    if (trial.worstSqnrDb - reached < WORTH_DB) continue;
    reached = trial.worstSqnrDb;
    const gain = trial.worstSqnrDb - whole.worstSqnrDb;
    const bytes = trial.bytes - whole.bytes;
    const names = kept.slice(0, NAMED).map(({ name, scope }) => `${name} ${shortScope(scope)}`);
    if (kept.length > NAMED) names.push(`${kept.length - NAMED} more`);
    const what = count === 1 ? 'this operator' : `these ${count} operators`;
    found.push({
      id: 'keep-float',
      text: `keep ${what} in float: ${signed(gain)} for ${sizeChange(bytes)} (${names.join(', ')})`,
      evidence: {
        operators: count,
        sqnrDbBefore: whole.worstSqnrDb,
        sqnrDbAfter: trial.worstSqnrDb,
        bytesBefore: whole.bytes,
        bytesAfter: trial.bytes,
        errorShare: kept.reduce((sum, { errorShare }) => sum + errorShare, 0),
      },
      change: { keepFloat: kept.map(({ scope }) => regexOfScope(scope)) },
    });
  }
  return found;
}

async function otherObserver(context: SuggestionContext): Promise<Suggestion[]> {
  const { trials, whole } = context;
  if (context.calibrationSamples === undefined) return [];
  let best: { observer: ObserverChoice; trial: Trial } | undefined;
  for (const observer of context.observers) {
    const { operators, ...rest } = await context.planWith(observer);
    const trial = await trials.measure(operators, rest);
    if (trial.worstSqnrDb > (best?.trial ?? whole).worstSqnrDb) best = { observer, trial };
  }
  const gain = (best?.trial.worstSqnrDb ?? 0) - whole.worstSqnrDb;
  if (!best || gain < WORTH_DB) return [];
  const { observer, percentile } = best.observer;
  const name = percentile === undefined ? observer : `${observer} (${percentile} %)`;
  return [
    {
      id: 'observer',
      text: `choose ranges with the observer ${name}: ${signed(gain)} at the same size`,
      evidence: { sqnrDbBefore: whole.worstSqnrDb, sqnrDbAfter: best.trial.worstSqnrDb },
      change: { observer, ...(percentile !== undefined && { percentile }) },
    },
  ];
}

function fewSamples(samples: number | undefined): Suggestion[] {
  if (samples === undefined || samples >= USUAL_SAMPLES) return [];
  return [
    {
      id: 'few-calibration-samples',
      text:
        `the ranges come from ${samples} ${samples === 1 ? 'sample' : 'samples'}; ` +
        `${USUAL_SAMPLES} to 500 that are like real inputs are usual`,
      evidence: { samples, usual: USUAL_SAMPLES },
    },
  ];
}

/** The channels of an output that mixes ranges: which are small, and along which axis. */
interface MixedOutput {
  readonly axis: number;
  readonly ratio: number;
  readonly largest: number;
  readonly smallest: number;
  /** By channel: whether its values are below the largest by more than MIXED_RATIO. */
  readonly small: readonly boolean[];
}

function channelOf(index: number, shape: readonly number[], axis: number): number {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return Math.floor(index / inner) % shape[axis]!;
}

/**
 * Whether an output's channels have very different ranges, as a detector's have whose boxes are in
 * pixels and whose scores are below 1. Only where every channel has many values: class scores
 * differ by nature.
 */
export function findMixedRanges(
  { shape }: Pick<TensorDetails, 'shape'>,
  samples: readonly Float32Array[],
): MixedOutput | undefined {
  if (shape.length !== 3) return undefined;
  const axis = shape[2]! <= shape[1]! ? 2 : 1;
  const channels = shape[axis]!;
  const positions = shape[3 - axis]!;
  if (channels < 2 || positions < 8) return undefined;
  const largest = new Array<number>(channels).fill(0);
  for (const values of samples) {
    values.forEach((value, i) => {
      const channel = channelOf(i, shape, axis);
      if (Number.isFinite(value)) largest[channel] = Math.max(largest[channel]!, Math.abs(value));
    });
  }
  const used = largest.filter((value) => value > 0);
  const most = Math.max(...used);
  const least = Math.min(...used);
  if (used.length < 2 || most <= MIXED_RATIO * least) return undefined;
  return {
    axis,
    ratio: most / least,
    largest: most,
    smallest: least,
    small: largest.map((value) => value > 0 && value * MIXED_RATIO < most),
  };
}

async function mixedRanges(context: SuggestionContext): Promise<Suggestion[]> {
  const { trials, quantized, float } = context;
  const found: Suggestion[] = [];
  for (const [i, output] of trials.outputs.entries()) {
    const mixed = findMixedRanges(output, trials.referenceOf(i));
    if (!mixed || context.calibrationSamples === undefined) continue;
    const smallSqnr = async (plans: OperatorPlans): Promise<number> => {
      const sum = new ErrorSum();
      await trials.measure(plans, {}, (at, reference, value) => {
        if (at !== i) return;
        reference.forEach((expected, k) => {
          const channel = channelOf(k, output.shape, mixed.axis);
          if (mixed.small[channel]) sum.addPair(expected, value[k]!);
        });
      });
      return sum.summary().sqnrDb;
    };
    const before = await smallSqnr(quantized);
    const maker = makerOf(context.inspection, output.index);
    const after =
      maker &&
      (await smallSqnr(
        mixPlans(float, quantized, (subgraph, op) => subgraph === 0 && op === maker.index),
      ));
    const helps = maker !== undefined && after !== undefined && after - before >= WORTH_DB;
    found.push({
      id: 'mixed-output-ranges',
      text:
        `output ${output.name} mixes channels of very different ranges in one tensor ` +
        `(up to ${mixed.largest.toPrecision(3)} and up to ${mixed.smallest.toPrecision(3)}), as ` +
        `detectors do with boxes in pixels and scores from 0 to 1: the small ones have ` +
        `${before.toFixed(1)} dB left. ` +
        (helps
          ? `Keep the ${maker.name} that makes it in float: ${after.toFixed(1)} dB`
          : `Scale them alike, or make two outputs of them, before the model is exported`),
      evidence: {
        output: output.name,
        axis: mixed.axis,
        ratio: mixed.ratio,
        largestRange: mixed.largest,
        smallestRange: mixed.smallest,
        smallChannels: mixed.small.filter(Boolean).length,
        smallChannelsSqnrDb: before,
        ...(after !== undefined && { smallChannelsSqnrDbInFloat: after }),
      },
      ...(helps && { change: { keepFloat: [regexOfScope(maker.scope)] } }),
    });
  }
  return found;
}

function makerOf({ subgraphs }: SuggestionContext['inspection'], tensor: number) {
  const maker = subgraphs[0]?.operators.find(({ outputs }) => outputs.includes(tensor));
  return maker?.scope === '' ? undefined : maker;
}
