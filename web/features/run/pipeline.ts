import { isOctoliteError, type Model, type Progress } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { runTask, runtime } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { latestPlan, stream, type DataPlan } from '../data/plan.js';
import { preprocessing, source } from '../data/state.js';
import { model, type OpenModel } from '../open/state.js';
import { isStatic, rulesOf, settings, type RecipeSettings } from '../recipe/state.js';
import { verdict, type Measurement, type Verdict } from '../verdict/state.js';
import { summary } from '../verdict/words.js';
import {
  controller,
  progress,
  runRefusal,
  STAGE_LABELS,
  wasCancelled,
  type Stage,
} from './state.js';

/** How long timing one model shall take, and bounds on the number of its runs. */
const TIMING_MS = 1500;
const LEAST_RUNS = 5;
const MOST_RUNS = 100;

/** Passes on counted progress of a stage that is made of several tasks. */
class StageReporter {
  #offset = 0;

  constructor(
    readonly stage: Stage,
    readonly total: number,
  ) {
    if (progress.value?.stage !== stage) announce(STAGE_LABELS[stage]);
    progress.value = { stage, done: 0, total };
  }

  readonly onProgress = ({ done }: Progress): void => {
    progress.value = { stage: this.stage, done: this.#offset + done, total: this.total };
  };

  next(offset: number): void {
    this.#offset = offset;
  }
}

async function time(
  client: OctoliteWorker,
  models: readonly [Model, Model],
  plan: DataPlan,
  abort: AbortSignal,
): Promise<Measurement['latency']> {
  const sample = await plan.measure.sample(0);
  // How many runs fit is known after a few.
  const runs = async (timed: Model) => {
    const { medianMs } = await client.benchmark(timed, {
      sample,
      runs: 3,
      warmup: 1,
      signal: abort,
    });
    const fitting = Math.round(TIMING_MS / Math.max(medianMs, 0.01));
    return Math.min(Math.max(fitting, LEAST_RUNS), MOST_RUNS);
  };
  const counts = [await runs(models[0]), await runs(models[1])] as const;
  const reporter = new StageReporter('benchmark', counts[0] + counts[1]);
  const options = { sample, warmup: 0, signal: abort, onProgress: reporter.onProgress };
  const before = await client.benchmark(models[0], { ...options, runs: counts[0] });
  reporter.next(counts[0]);
  const after = await client.benchmark(models[1], { ...options, runs: counts[1] });
  return { before, after };
}

async function measure(
  client: OctoliteWorker,
  models: readonly [Model, Model],
  plan: DataPlan,
  abort: AbortSignal,
): Promise<Measurement> {
  const { measure: set, labels } = plan;
  const { onProgress } = new StageReporter('compare', set.count);
  const compare = await client.compare(...models, stream(set), { signal: abort, onProgress });
  let accuracy: Measurement['accuracy'] = null;
  if (labels) {
    const reporter = new StageReporter('evaluate', 2 * set.count);
    const options = { signal: abort, onProgress: reporter.onProgress };
    const before = await client.evaluate(models[0], stream(set), labels, options);
    reporter.next(set.count);
    const after = await client.evaluate(models[1], stream(set), labels, options);
    accuracy = { before, after };
  }
  const latency = await time(client, models, plan, abort);
  return { compare, accuracy, latency };
}

/** A model that cannot run can still be made smaller. */
async function measureWherePossible(
  ...given: Parameters<typeof measure>
): Promise<Measurement | Refusal> {
  try {
    return await measure(...given);
  } catch (error) {
    if (isOctoliteError(error) && error.code === 'UNSUPPORTED_OPERATOR') return toRefusal(error);
    throw error;
  }
}

const SUFFIXES: Readonly<Record<RecipeSettings['recipe'], string>> = {
  static_wi8_ai8: 'int8',
  dynamic_wi8_afp32: 'dynamic_int8',
  weight_only_wi8_afp32: 'weight_only_int8',
  float16: 'float16',
};

async function quantizeAndMeasure(
  client: OctoliteWorker,
  open: OpenModel,
  plan: DataPlan,
  chosen: RecipeSettings,
  abort: AbortSignal,
): Promise<Verdict> {
  const loaded: Model[] = [];
  const load = async (bytes: Uint8Array) => {
    const fresh = await client.loadModel(bytes);
    loaded.push(fresh);
    return fresh;
  };
  try {
    const before = await load(open.bytes);
    const calibrates = isStatic.value;
    let statistics;
    if (calibrates) {
      const { onProgress } = new StageReporter('calibrate', plan.calibration.count);
      const options = { signal: abort, onProgress };
      statistics = await client.calibrate(before, stream(plan.calibration), options);
    }
    const { onProgress } = new StageReporter('quantize', 1);
    const { bytes, report } = await client.quantize(before, {
      recipe: rulesOf(chosen),
      observer: chosen.observer,
      percentile: chosen.percentile,
      ...(calibrates && {
        calibration: statistics,
        inputType: chosen.inputType,
        outputType: chosen.outputType,
      }),
      signal: abort,
      onProgress,
    });
    const after = await load(bytes);
    const inspection = { before: open.inspection, after: await client.inspect(after) };
    const measurement = await measureWherePossible(client, [before, after], plan, abort);
    return {
      modelName: open.name,
      fileName: `${open.name.replace(/\.tflite$/i, '')}_${SUFFIXES[chosen.recipe]}.tflite`,
      bytes,
      settings: chosen,
      plan,
      inspection,
      report,
      data: {
        description: plan.description,
        isRandom: plan.isRandom,
        shared: plan.shared,
        calibrated: calibrates ? plan.calibration.count : 0,
        measured: plan.measure.count,
        preprocessing: source.value === 'random' ? null : preprocessing.value,
      },
      measurement,
      runtime: runtime.value,
      made: new Date(),
    };
  } finally {
    for (const each of loaded) each.dispose();
  }
}

/** Quantizes the open model as things are set, and measures the result. */
export async function run(): Promise<void> {
  const open = model.value;
  if (!open || controller.value) return;
  const abort = new AbortController();
  controller.value = abort;
  runRefusal.value = null;
  wasCancelled.value = false;
  try {
    const plan = await latestPlan(open);
    const chosen = settings.value;
    const made = await runTask(abort.signal, (client) =>
      quantizeAndMeasure(client, open, plan, chosen, abort.signal),
    );
    if (abort.signal.aborted) throw abort.signal.reason;
    verdict.value = made;
    announce(`Done: ${summary(made)}`);
  } catch (error) {
    if (abort.signal.aborted) {
      wasCancelled.value = true;
      announce('Cancelled');
    } else {
      runRefusal.value = toRefusal(error, open.name);
    }
  } finally {
    progress.value = null;
    controller.value = null;
  }
}

export function cancel(): void {
  controller.value?.abort();
}
