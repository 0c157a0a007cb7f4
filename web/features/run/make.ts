import {
  isOctoliteError,
  type CalibrationStatistics,
  type ErrorCode,
  type Model,
  type Progress,
  type QuantizeResult,
} from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { engine, loadModel } from '../../engine.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { stream, type DataPlan } from '../data/plan.js';
import { preprocessing } from '../data/state.js';
import {
  needsCalibration,
  quantizesActivations,
  toQuantizeOptions,
  type RecipeSettings,
} from '../recipe/settings.js';
import type { Measurement, Verdict } from '../verdict/state.js';
import { fileNameOf } from './file_name.js';
import { takesSamples } from './plan_stages.js';
import { withRanges } from './ranges.js';
import type { Session } from './session.js';
import type { Reporter, Stage } from './state.js';
import { time } from './timing.js';

/** What a run works on and with. */
export interface Job {
  readonly session: Session;
  readonly plan: DataPlan;
  readonly settings: RecipeSettings;
  readonly abort: AbortSignal;
  readonly report: Reporter;
}

/** The function that takes the library's progress as that of a stage. */
function as(report: Reporter, stage: Stage, count: number) {
  report({ stage, done: 0, total: count });
  return ({ done, total = count, remainingMs, convergence }: Progress): void =>
    report({
      stage,
      done,
      total,
      ...(remainingMs !== undefined && { remainingMs }),
      ...(convergence && { convergence }),
    });
}

async function statisticsFor(
  worker: OctoliteWorker,
  float: Model,
  { session, plan, abort, report }: Job,
): Promise<CalibrationStatistics> {
  const known = session.statisticsOf(plan);
  if (known) return known;
  const fresh = await worker.calibrate(float, stream(plan.calibration), {
    signal: abort,
    onProgress: as(report, 'calibrate', plan.calibration.count),
  });
  session.keepStatistics(plan, fresh);
  return fresh;
}

interface Quantized extends QuantizeResult {
  /** Of the samples, as they are: ranges set by hand are not in it. */
  readonly seen: CalibrationStatistics | null;
}

async function quantize(worker: OctoliteWorker, float: Model, job: Job): Promise<Quantized> {
  const { session, plan, settings, abort, report } = job;
  const options = { ...toQuantizeOptions(settings), signal: abort };
  if (takesSamples(settings)) {
    const tellRecovery = as(report, 'recover', 1);
    const tellCalibration = as(report, 'calibrate', plan.calibration.count);
    let recovers = false;
    const result = await worker.quantize(float, {
      ...options,
      calibration: stream(plan.calibration),
      // Recovery calibrates and compares too.
      onProgress: (progress) => {
        recovers ||= progress.stage === 'recover';
        if (recovers) tellRecovery(progress);
        else if (progress.stage === 'calibrate') tellCalibration(progress);
        else report({ stage: 'quantize', done: progress.done, total: progress.total ?? 1 });
      },
    });
    return { ...result, seen: result.statistics ?? session.statisticsOf(plan) };
  }
  const seen = quantizesActivations(settings) ? await statisticsFor(worker, float, job) : null;
  const result = await worker.quantize(float, {
    ...options,
    ...(seen && { calibration: withRanges(seen, settings.ranges) }),
    onProgress: as(report, 'quantize', 1),
  });
  return { ...result, seen };
}

async function score(
  worker: OctoliteWorker,
  models: readonly [float: Model, quantized: Model],
  { session, plan, abort, report }: Job,
): Promise<Measurement['accuracy']> {
  const { measure: set, labels } = plan;
  if (!labels) return null;
  const task = { signal: abort, onProgress: as(report, 'evaluate', set.count) };
  const known = session.accuracyOf(plan);
  if (known) {
    return { before: known, after: await worker.evaluate(models[1], stream(set), labels, task) };
  }
  const both = await worker.evaluate(models[0], stream(set), labels, {
    ...task,
    against: models[1],
  });
  const { against, ...before } = both;
  // Without what only a pair has, as the same report is made of a single model the next time.
  const { agreement, top1Drop, ...after } = against!;
  session.keepAccuracy(plan, before);
  return { before, after: { samples: both.samples, ...after } };
}

async function measure(
  worker: OctoliteWorker,
  models: readonly [float: Model, quantized: Model],
  job: Job,
): Promise<Measurement> {
  const { session, plan, abort, report } = job;
  const { inputs, outputs } = session.open.inspection;
  const compare = await worker.compare(...models, stream(plan.measure), {
    signal: abort,
    onProgress: as(report, 'compare', plan.measure.count),
  });
  const accuracy = await score(worker, models, job);
  const sample = await plan.measure.sample(0);
  const timed = await time(session.latency ? [models[1]] : models, {
    worker,
    sample,
    abort,
    report,
  });
  const after = timed.at(-1)!;
  const before = session.latency ?? timed[0]!;
  session.latency = before;
  const isRestored = inputs[0]?.shape.join() === outputs[0]?.shape.join();
  return { compare, accuracy, latency: { before, after }, isRestored };
}

/** Reasons why a model cannot run here that do not keep it from becoming smaller. */
const CANNOT_RUN: readonly ErrorCode[] = ['UNSUPPORTED_OPERATOR', 'OUT_OF_MEMORY'];

async function measureWherePossible(
  ...given: Parameters<typeof measure>
): Promise<Measurement | Refusal> {
  try {
    return await measure(...given);
  } catch (error) {
    if (!isOctoliteError(error) || !CANNOT_RUN.includes(error.code)) throw error;
    // Memory that ran out in the middle of something leaves a worker that cannot be used.
    if (error.code === 'OUT_OF_MEMORY') engine.stop();
    return toRefusal(error);
  }
}

/** Quantizes the model of a session and measures the result, with what the session knows already. */
export async function makeVerdict(worker: OctoliteWorker, job: Job): Promise<Verdict> {
  const { session, plan, settings } = job;
  const { open } = session;
  const started = performance.now();
  const before = await session.floatModel(worker);
  const { bytes, report, seen } = await quantize(worker, before, job);
  const after = await loadModel(worker, bytes);
  try {
    const inspection = { before: open.inspection, after: await worker.inspect(after) };
    const measurement = await measureWherePossible(worker, [before, after], job);
    return {
      open,
      fileName: fileNameOf(open.name, settings),
      bytes,
      settings,
      plan,
      inspection,
      report,
      statistics: seen,
      hasUnusedRanges: takesSamples(settings) && Object.keys(settings.ranges).length > 0,
      data: {
        description: plan.description,
        isRandom: plan.isRandom,
        shared: plan.shared,
        calibrated: needsCalibration(settings) ? plan.calibration.count : 0,
        measured: plan.measure.count,
        preprocessing: plan.isRandom ? null : preprocessing.value,
      },
      measurement,
      runtime: engine.runtime.value,
      made: new Date(),
      tookMs: performance.now() - started,
    };
  } finally {
    after.dispose();
  }
}
