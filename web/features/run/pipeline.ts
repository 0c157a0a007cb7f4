import { isOctoliteError, type BenchmarkReport, type Model, type Progress } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { engine } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { latestPlan, stream, type DataPlan } from '../data/plan.js';
import { preprocessing, source } from '../data/state.js';
import { model, type OpenModel } from '../open/state.js';
import { needsCalibration, toQuantizeOptions, type RecipeSettings } from '../recipe/settings.js';
import { settings } from '../recipe/state.js';
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

/** How long timing one model shall take, and bounds on the number of runs in a round. */
const TIMING_MS = 1200;
const ROUNDS = 3;
const LEAST_RUNS = 3;
const MOST_RUNS = 100;
const WARMUP_RUNS = 2;

/**
 * Enters a stage of `total` steps.
 * @returns For a task that begins when so many steps are done, the function that takes its progress.
 */
function enter(stage: Stage, total: number): (begun: number) => (progress: Progress) => void {
  if (progress.value?.stage !== stage) announce(STAGE_LABELS[stage]);
  progress.value = { stage, done: 0, total };
  return (begun) =>
    ({ done }) => {
      progress.value = { stage, done: begun + done, total };
    };
}

async function time(
  client: OctoliteWorker,
  models: readonly [Model, Model],
  plan: DataPlan,
  abort: AbortSignal,
): Promise<Measurement['latency']> {
  enter('benchmark', 1);
  const sample = await plan.measure.sample(0);
  // How many runs fit is known after a few.
  const runs = async (timed: Model) => {
    const options = { sample, runs: 3, warmup: WARMUP_RUNS, signal: abort };
    const { medianMs } = await client.benchmark(timed, options);
    const fitting = Math.round(TIMING_MS / ROUNDS / Math.max(medianMs, 0.01));
    return Math.min(Math.max(fitting, LEAST_RUNS), MOST_RUNS);
  };
  const counts = [await runs(models[0]), await runs(models[1])] as const;
  const stepsOfRound = 2 * WARMUP_RUNS + counts[0] + counts[1];
  const passOn = enter('benchmark', ROUNDS * stepsOfRound);
  const bench = (index: 0 | 1, begun: number): Promise<BenchmarkReport> =>
    client.benchmark(models[index], {
      sample,
      runs: counts[index],
      warmup: WARMUP_RUNS,
      signal: abort,
      onProgress: passOn(begun),
    });
  // By turns, and of each model the calmest round: whatever else the machine does hits both.
  const calmest = (a: BenchmarkReport | null, b: BenchmarkReport): BenchmarkReport =>
    a && a.medianMs <= b.medianMs ? a : b;
  let before: BenchmarkReport | null = null;
  let after: BenchmarkReport | null = null;
  for (let begun = 0; begun < ROUNDS * stepsOfRound; begun += stepsOfRound) {
    before = calmest(before, await bench(0, begun));
    after = calmest(after, await bench(1, begun + WARMUP_RUNS + counts[0]));
  }
  return { before: before!, after: after! };
}

async function measure(
  client: OctoliteWorker,
  { inspection: { inputs, outputs } }: OpenModel,
  models: readonly [Model, Model],
  plan: DataPlan,
  abort: AbortSignal,
): Promise<Measurement> {
  const { measure: set, labels } = plan;
  const compare = await client.compare(...models, stream(set), {
    signal: abort,
    onProgress: enter('compare', set.count)(0),
  });
  let accuracy: Measurement['accuracy'] = null;
  if (labels) {
    const passOn = enter('evaluate', 2 * set.count);
    const evaluate = (index: 0 | 1) =>
      client.evaluate(models[index], stream(set), labels, {
        signal: abort,
        onProgress: passOn(index * set.count),
      });
    const before = await evaluate(0);
    const after = await evaluate(1);
    accuracy = { before, after };
  }
  const latency = await time(client, models, plan, abort);
  const isRestored = inputs[0]?.shape.join() === outputs[0]?.shape.join();
  return { compare, accuracy, latency, isRestored };
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

/** What is added to a file's name; other recipes add their own. */
const SUFFIXES: Readonly<Partial<Record<RecipeSettings['method'], string>>> = {
  static: 'int8',
  dynamic: 'dynamic_int8',
  weight_only: 'weight_only_int8',
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
    const calibrates = needsCalibration(chosen);
    let statistics;
    if (calibrates) {
      statistics = await client.calibrate(before, stream(plan.calibration), {
        signal: abort,
        onProgress: enter('calibrate', plan.calibration.count)(0),
      });
    }
    const passOn = enter('quantize', 1);
    const { bytes, report } = await client.quantize(before, {
      ...toQuantizeOptions(chosen),
      ...(calibrates && { calibration: statistics }),
      signal: abort,
      onProgress: passOn(0),
    });
    const after = await load(bytes);
    const inspection = { before: open.inspection, after: await client.inspect(after) };
    const measurement = await measureWherePossible(client, open, [before, after], plan, abort);
    return {
      open,
      fileName: `${open.name.replace(/\.tflite$/i, '')}_${SUFFIXES[chosen.method] ?? chosen.method}.tflite`,
      bytes,
      settings: chosen,
      plan,
      inspection,
      report,
      statistics: statistics ?? null,
      data: {
        description: plan.description,
        isRandom: plan.isRandom,
        shared: plan.shared,
        calibrated: calibrates ? plan.calibration.count : 0,
        measured: plan.measure.count,
        preprocessing: source.value === 'random' ? null : preprocessing.value,
      },
      measurement,
      runtime: engine.runtime.value,
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
    const made = await engine.runAlone(abort.signal, (client) =>
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
