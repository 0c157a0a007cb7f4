import { calibrateModel, type Places } from './calibration.js';
import { compareModels } from './compare.js';
import { packQuantized, withoutSignal } from './compress/pack.js';
import type { CompressionReport } from './compress/types.js';
import type { QuantizePlan } from './engine.js';
import { throwIfAborted } from './errors.js';
import { asksForRounding, needsCalibration, resolveRecipe, toRules } from './recipe.js';
import {
  equalizeModel,
  reconstruct,
  recoveryData,
  recoveryPasses,
  splitSamples,
  type Recovery,
} from './recover.js';
import { checkStatisticsInSteps, looksLikeStatistics } from './statistics.js';
import { restrictToTarget } from './targets.js';
import type { AnyEngine } from './toolkit.js';
import type {
  CalibrationStatistics,
  Dataset,
  Inspection,
  QuantizeOptions,
  QuantizeResult,
  Sample,
  TargetMisfit,
} from './types.js';

const OF_ANOTHER_MODEL =
  'the calibration statistics are of another model, or of this one with other weights: ' +
  'calibrate again unless the activations are the same';

export interface PreparedQuantization {
  readonly inspection: Inspection;
  readonly plan: QuantizePlan;
  /** Null where the recipe needs none. */
  readonly statistics: CalibrationStatistics | null;
  /** Operators that do not fit the target. */
  readonly misfits: readonly TargetMisfit[] | undefined;
}

/**
 * A recipe applied to a model, and the statistics that it needs. Of several places, the first alone
 * does what is not calibration.
 */
export async function prepareQuantization(
  places: Places,
  options: QuantizeOptions & { signature?: string | undefined },
): Promise<PreparedQuantization> {
  const [{ engine, model }] = places;
  const rules = toRules(options.recipe);
  const inspection = await engine.inspect(model);
  const resolved = resolveRecipe(rules, inspection, options.keepFloat);
  const { calibration } = options;
  let statistics: CalibrationStatistics | null = null;
  if (needsCalibration(rules) && inspection.quantizable) {
    if (looksLikeStatistics(calibration)) {
      await checkStatisticsInSteps(calibration);
      statistics = calibration;
    } else if (calibration) {
      // A moving average is one of the order of the samples.
      const ordered =
        options.observer === 'moving_average' ||
        resolved.operators.flat().some((op) => op.activations.observer === 'moving_average');
      statistics = await calibrateModel(ordered ? [places[0]] : places, calibration, options);
    }
  }
  const edges = {
    inputType: options.inputType ?? resolved.inputType ?? 'float32',
    outputType: options.outputType ?? resolved.outputType ?? 'float32',
  };
  const { target } = options;
  const restricted = target
    ? restrictToTarget(target, resolved.operators, inspection, edges)
    : undefined;
  const plan = {
    operators: restricted?.operators ?? resolved.operators,
    ...edges,
    observer: options.observer ?? 'min_max',
    percentile: options.percentile ?? 99.99,
  };
  return { inspection, plan, statistics, misfits: restricted?.misfits };
}

/** Prunes a model if that is asked for, quantizes it, recovers what can be, and packs it. */
export async function quantizeModel(
  places: Places,
  options: QuantizeOptions,
): Promise<QuantizeResult> {
  const { prune } = options;
  if (prune === undefined) return recoverAndQuantize(places, options, {});
  const [{ engine, model }] = places;
  const { model: pruned, tensors } = await engine.prune(
    model,
    typeof prune === 'number' ? { share: prune } : withoutSignal(prune),
  );
  try {
    return await recoverAndQuantize([{ engine, model: pruned }], options, { pruned: tensors });
  } finally {
    await engine.dispose(pruned);
  }
}

async function recoverAndQuantize(
  places: Places,
  options: QuantizeOptions,
  compression: CompressionReport,
): Promise<QuantizeResult> {
  const rounding = asksForRounding(toRules(options.recipe)) ? (['rounding'] as const) : undefined;
  const passes = recoveryPasses(options.recover ?? rounding);
  if (!passes) return quantizeAndPack(places, options, compression, null);
  const all = recoveryData(options, passes);
  const plain = await quantizeAndPack(places, options, compression, null);
  const data = { [Symbol.asyncIterator]: () => splitSamples(all, false) };
  const recovered = await recover(places, options, compression, { passes, data }, plain);
  const [{ engine, model }] = places;
  return better(engine, model, plain, recovered, all, options);
}

async function recover(
  places: Places,
  options: QuantizeOptions,
  compression: CompressionReport,
  { passes, data }: Pick<Recovery, 'passes' | 'data'>,
  { statistics }: QuantizeResult,
): Promise<QuantizeResult> {
  if (!passes.equalize && !passes.smooth) {
    // The ranges are those that the plain model was made with.
    const known = statistics ? { ...options, calibration: statistics } : options;
    const recovery = { passes, data, tensors: [] };
    return quantizeAndPack(places, known, compression, recovery);
  }
  const [{ engine, model }] = places;
  const { model: equal, tensors } = await equalizeModel(engine, model, passes, data, options);
  try {
    const recovery = { passes, data, tensors };
    const result = await quantizeAndPack(
      [{ engine, model: equal }],
      options,
      compression,
      recovery,
    );
    // Its statistics are none of the model that the caller has.
    return { bytes: result.bytes, report: result.report };
  } finally {
    await engine.dispose(equal);
  }
}

/** Few samples can mislead the passes: the recovered model, if it is nearer to the float one. */
async function better(
  engine: AnyEngine,
  float: number,
  plain: QuantizeResult,
  recovered: QuantizeResult,
  data: Dataset,
  options: QuantizeOptions,
): Promise<QuantizeResult> {
  const judges: Sample[] = [];
  for await (const sample of splitSamples(data, true)) judges.push(sample);
  if (judges.length === 0) return recovered;
  const worst = async ({ bytes }: QuantizeResult): Promise<number> => {
    const quantized = await engine.loadModelLike(float, bytes);
    try {
      const task = { signal: options.signal, onProgress: options.onProgress };
      const { outputs } = await compareModels(engine, float, quantized, judges, task);
      return Math.min(...outputs.map(({ sqnrDb }) => sqnrDb));
    } finally {
      await engine.dispose(quantized);
    }
  };
  const [plainSqnrDb, sqnrDb] = [await worst(plain), await worst(recovered)];
  const kept = sqnrDb >= plainSqnrDb;
  const verdict = { samples: judges.length, plainSqnrDb, sqnrDb, kept };
  const taken = kept ? recovered : plain;
  const recovery = { tensors: [], layers: [], ...taken.report.recovery, verdict };
  return { ...taken, report: { ...taken.report, recovery } };
}

async function quantizeAndPack(
  places: Places,
  options: QuantizeOptions,
  compression: CompressionReport,
  recovery: Recovery | null,
): Promise<QuantizeResult> {
  const [{ engine, model }] = places;
  const { plan, statistics, misfits } = await prepareQuantization(places, options);
  options.onProgress?.({ stage: 'quantize', done: 0, total: 1 });
  const { bytes, report } = await engine.quantize(model, plan, statistics);
  throwIfAborted(options.signal);
  let quantized = { bytes, report: misfits ? { ...report, misfits } : report };
  if (recovery) quantized = await reconstruct(engine, model, quantized, recovery, options);
  const result = await packQuantized(engine, quantized, options, compression);
  options.onProgress?.({ stage: 'quantize', done: 1, total: 1 });
  if (!statistics) return result;
  const { model: origin } = statistics;
  if (origin === undefined || origin === (await engine.modelFingerprint(model))) {
    return { ...result, statistics };
  }
  const warnings = [...result.report.warnings, OF_ANOTHER_MODEL];
  return { ...result, report: { ...result.report, warnings }, statistics };
}
