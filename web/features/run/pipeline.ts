import { effect } from '@preact/signals';
import { isOctoliteError } from 'octolite';
import type { OctoliteWorker } from 'octolite/worker';
import { engine } from '../../engine.js';
import { announce } from '../../lib/announce.js';
import { toRefusal } from '../../lib/refusal.js';
import { latestPlan, type DataPlan } from '../data/plan.js';
import { model, type OpenModel } from '../open/state.js';
import type { RecipeSettings } from '../recipe/settings.js';
import { settings } from '../recipe/state.js';
import { verdict, type Verdict } from '../verdict/state.js';
import { summary } from '../verdict/headline.js';
import { makeVerdict } from './make.js';
import { stagesOf } from './plan_stages.js';
import { Session } from './session.js';
import {
  controller,
  lastRunMs,
  progress,
  runRefusal,
  stages,
  wasCancelled,
  type StageProgress,
} from './state.js';
import { words } from './words.js';

let session: Session | null = null;

/** What is known of the open model. */
function sessionOf(open: OpenModel): Session {
  if (session?.open !== open) {
    session?.dispose();
    session = new Session(open);
  }
  return session;
}

effect(() => {
  if (model.value !== session?.open) {
    session?.dispose();
    session = null;
  }
});

/** Whether the samples of a plan have been calibrated with. */
export function isCalibrated(open: OpenModel, plan: DataPlan): boolean {
  return session?.open === open && session.statisticsOf(plan) !== null;
}

/** What the run that is going on makes a verdict of. */
let goingOn: { readonly settings: RecipeSettings; readonly plan: DataPlan | null } | null = null;

/** Whether the run that is going on is of these settings. */
export function isUnderWay(chosen: RecipeSettings, plan: DataPlan): boolean {
  return goingOn?.settings === chosen && (goingOn.plan ?? plan) === plan;
}

/** Within a stage, progress is drawn so often: more takes time from what it is about. */
const DRAW_EVERY_MS = 100;

/** When a run was last stopped: the worker may end soon after, in the middle of the next run. */
let stoppedAt = -Infinity;
const WORKER_ENDS_WITHIN_MS = 3000;

async function alone(
  abort: AbortSignal,
  task: (worker: OctoliteWorker) => Promise<Verdict>,
): Promise<Verdict> {
  const stopped = stoppedAt;
  try {
    return await engine.runAlone(abort, task);
  } catch (error) {
    const isOfAnother = performance.now() - stopped < WORKER_ENDS_WITHIN_MS;
    if (!isOfAnother || !isOctoliteError(error) || error.code !== 'WORKER_STOPPED') throw error;
    return engine.runAlone(abort, task);
  }
}

function stop(): void {
  if (!controller.value) return;
  stoppedAt = performance.now();
  controller.value.abort();
}

/**
 * Quantizes the open model as things are set, and measures the result. A run that is going on is
 * stopped for it.
 * @param isQuiet Whether only the result is announced.
 */
export async function run({ isQuiet = false } = {}): Promise<void> {
  const open = model.value;
  if (!open) return;
  stop();
  const abort = new AbortController();
  const isMine = (): boolean => controller.value === abort;
  controller.value = abort;
  runRefusal.value = null;
  wasCancelled.value = false;
  progress.value = null;
  const chosen = settings.value;
  goingOn = { settings: chosen, plan: null };
  let drawnAt = -Infinity;
  const report = (now: StageProgress): void => {
    if (!isMine()) return;
    const goesOn =
      progress.value?.stage === now.stage && progress.value.isWaiting === now.isWaiting;
    if (goesOn && performance.now() - drawnAt < DRAW_EVERY_MS) return;
    drawnAt = performance.now();
    if (!isQuiet && progress.value?.stage !== now.stage) announce(words.value.stages[now.stage]);
    if (now.isWaiting && !progress.value?.isWaiting) announce(words.value.isWaiting);
    progress.value = now;
  };
  try {
    const plan = await latestPlan(open);
    if (isMine()) goingOn = { settings: chosen, plan };
    const known = sessionOf(open);
    stages.value = stagesOf(chosen, plan.labels !== null, known.statisticsOf(plan) !== null);
    const job = { session: known, plan, settings: chosen, abort: abort.signal, report };
    const made = await alone(abort.signal, (worker) => makeVerdict(worker, job));
    abort.signal.throwIfAborted();
    lastRunMs.value = made.tookMs;
    verdict.value = made;
    announce(words.value.done(summary(made)));
  } catch (error) {
    // One that a newer run took the place of has nothing to say.
    if (!isMine()) return;
    if (abort.signal.aborted) {
      wasCancelled.value = true;
      announce(words.value.cancelled);
    } else {
      runRefusal.value = toRefusal(error, open.name);
      announce(runRefusal.value.title);
    }
  } finally {
    if (isMine()) {
      progress.value = null;
      controller.value = null;
      goingOn = null;
    }
  }
}

export function cancel(): void {
  stop();
}
