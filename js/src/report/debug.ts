import type { QuantizePlan } from '../engine.js';
import { measureSensitivity, type OperatorPlans } from '../sensitivity.js';
import type { Trials } from '../trials.js';
import type { CalibrationStatistics, Inspection, ObserverName, TaskOptions } from '../types.js';
import { suggest, type ObserverChoice } from './suggestions.js';
import type { DebugReport, Suggestion } from './types.js';

const OBSERVERS_TO_TRY: readonly ObserverChoice[] = [
  { observer: 'percentile', percentile: 99.99 },
  { observer: 'percentile', percentile: 99.9 },
  { observer: 'mse' },
  { observer: 'entropy' },
];

export interface DebugContext extends TaskOptions {
  readonly trials: Trials;
  readonly inspection: Inspection;
  readonly quantized: OperatorPlans;
  readonly float: OperatorPlans;
  /** Null for a recipe without calibration. */
  readonly statistics: CalibrationStatistics | null;
  readonly suggest: boolean;
  /** The one that was asked for. */
  readonly observer: ObserverName | undefined;
  readonly planWith: (observer: ObserverChoice) => Promise<QuantizePlan>;
}

/** Quantizes each operator alone, then all of them one after the other. */
export async function debugModel(context: DebugContext): Promise<DebugReport> {
  const { trials, inspection, quantized, float, statistics } = context;
  const whole = await trials.measure(quantized);
  const task = { signal: context.signal, onProgress: context.onProgress, whole };
  const alone = await measureSensitivity(trials, inspection, quantized, float, {
    ...task,
    mode: 'only',
  });
  const accumulated = await measureSensitivity(trials, inspection, quantized, float, {
    ...task,
    mode: 'prefix',
  });
  const calibrationSamples = statistics?.subgraphs[0]?.samples;
  const suggestions: Suggestion[] = context.suggest
    ? await suggest({
        ...context,
        observers: OBSERVERS_TO_TRY.filter(({ observer }) => observer !== context.observer),
        whole,
        alone: alone.operators,
        calibrationSamples,
      })
    : [];
  return {
    samples: trials.samples,
    ...(calibrationSamples !== undefined && { calibrationSamples }),
    floatBytes: inspection.fileBytes,
    whole: alone.whole,
    operators: alone.operators.map((operator, i) => ({
      subgraph: operator.subgraph,
      op: operator.op,
      name: operator.name,
      scope: operator.scope,
      aloneSqnrDb: operator.worstSqnrDb,
      accumulatedSqnrDb: accumulated.operators[i]!.worstSqnrDb,
      errorShare: operator.errorShare,
      bytesBefore: operator.bytesBefore,
      bytesAfter: operator.bytesAfter,
    })),
    suggestions,
  };
}
