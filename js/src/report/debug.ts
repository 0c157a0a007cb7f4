import type { QuantizePlan } from '../engine.js';
import { measureSensitivity, type OperatorPlans } from '../sensitivity.js';
import type { Trials } from '../trials.js';
import type { CalibrationStatistics, Inspection, TaskOptions } from '../types.js';
import { suggest, type ObserverChoice } from './suggestions.js';
import type { DebugReport, Suggestion } from './types.js';

export interface DebugContext extends TaskOptions {
  readonly trials: Trials;
  readonly inspection: Inspection;
  readonly quantized: OperatorPlans;
  readonly float: OperatorPlans;
  /** Null for a recipe without calibration. */
  readonly statistics: CalibrationStatistics | null;
  readonly suggest: boolean;
  /** The observers to try, beside the one that was asked for. */
  readonly observers: readonly ObserverChoice[];
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
    ? await suggest({ ...context, whole, alone: alone.operators, calibrationSamples })
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
