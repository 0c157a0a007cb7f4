import { computed, effect, signal } from '@preact/signals';
import type { Sample } from 'octolite';
import { toRefusal } from '../../lib/refusal.js';
import { deviceRefusal } from '../data/devices.js';
import type { OpenModel } from '../open/state.js';
import { isRunning } from '../run/state.js';
import { verdict } from '../verdict/state.js';
import type { Task } from './adapters/adapter.js';
import { adapterFor, recognize } from './adapters/choose.js';
import { agree, noiseOf } from './agreement.js';
import { Duel, type Run, type Side } from './duel.js';
import { chosenInput } from './given.js';
import { openLive, type LiveSource } from './live.js';
import type { Output, Reading } from './reading.js';
import {
  adapterChoice,
  isBusy,
  isOpen,
  isPaused,
  leastScore,
  names,
  opened,
  outcome,
  picture,
  refusal,
  speeds,
  ticks,
  tries,
  which,
  type Given,
} from './state.js';

/** What ran, before it is understood. */
interface Latest {
  readonly given: Given;
  readonly runs: Readonly<Partial<Record<Side, Run>>>;
}

/** How many of the last frames speeds are told of. */
const REMEMBERED = 30;

let latest: Latest | null = null;
/** What the float model gave last: it tells how to read both, also while it does not run. */
let lastOfFloat: readonly Output[] | null = null;

/** Lets the browser draw and answer between two pieces of work. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Understands what ran, in steps, unless something else is wanted meanwhile. */
async function show(ran: Latest, open: OpenModel, wanted: () => boolean): Promise<void> {
  latest = ran;
  const { given, runs } = ran;
  lastOfFloat = runs.before?.outputs ?? lastOfFloat;
  const outputs = lastOfFloat ?? runs.after?.outputs;
  if (!outputs) return;
  const shape = picture.peek()?.shape ?? null;
  const task: Task = {
    inputs: open.inspection.inputs,
    picture: shape,
    inspection: open.inspection,
    outputs,
    names: names.peek().length,
    leastScore: leastScore.peek(),
  };
  const adapter = adapterFor(adapterChoice.peek(), task);
  const readings: Partial<Record<Side, Reading>> = {};
  for (const side of ['before', 'after'] as const) {
    const run = runs[side];
    if (!run) continue;
    const read = adapter.read(run.outputs, task);
    if (read) readings[side] = read;
    await breathe();
    if (!wanted()) return;
  }
  const { before, after } = readings;
  const agreement = before && after ? agree(before, after, shape ?? { width: 1, height: 1 }) : null;
  await breathe();
  const noise = runs.before && runs.after && noiseOf(runs.before.outputs, runs.after.outputs);
  if (!wanted()) return;
  outcome.value = {
    given,
    runs,
    task,
    adapter: adapter.id,
    recognized: recognize(task).id,
    readings,
    agreement,
    noise: noise ?? null,
  };
}

/** The two models of the verdict, for as long as the panel shows them. */
const duel = computed(() => {
  const made = verdict.value;
  if (!isOpen.value || !made) return null;
  const { open, bytes } = made;
  return new Duel({ before: open.bytes, after: bytes }, open.inspection.inputs);
});

/** Gives up what the models hold when others come, and all of it when the panel is closed. */
function holdModels(): () => void {
  const mine = duel.value;
  return () => {
    mine?.dispose();
    latest = lastOfFloat = null;
    outcome.value = null;
    refusal.value = null;
  };
}

async function runBoth(
  mine: Duel,
  sides: readonly Side[],
  sample: Sample,
  abort: AbortSignal,
  fresh: boolean,
): Promise<Latest['runs']> {
  const runs: Partial<Record<Side, Run>> = {};
  for (const side of sides) runs[side] = await mine.run(side, sample, abort, fresh);
  return runs;
}

/** Runs what is chosen once more, and asks for the device again. */
export function tryAgain(): void {
  refusal.value = null;
  tries.value += 1;
}

const BOTH: readonly Side[] = ['before', 'after'];

/** Runs what is chosen whenever something else is chosen. */
function runChosen(): (() => void) | undefined {
  void tries.value;
  const [mine, open] = [duel.value, opened.value];
  const making = mine && open && chosenInput(open);
  if (!making) return undefined;
  const abort = new AbortController();
  const { signal: aborted } = abort;
  const run = async (): Promise<void> => {
    const given = await making;
    const runs = await runBoth(mine, BOTH, given.sample, aborted, true);
    refusal.value = null;
    await show({ given, runs }, open, () => !aborted.aborted);
  };
  isBusy.value = true;
  run()
    .catch((error: unknown) => {
      if (!aborted.aborted) refusal.value = toRefusal(error, open.name);
    })
    .finally(() => {
      if (!aborted.aborted) isBusy.value = false;
    });
  return () => abort.abort();
}

const live = signal<LiveSource | null>(null);

/** Holds the camera or microphone for as long as it is chosen and the panel is open. */
function holdSource(): (() => void) | undefined {
  void tries.value;
  const open = isOpen.value && opened.value;
  const opening = open && openLive(open);
  if (!opening) return undefined;
  let wanted = true;
  opening.then(
    (source) => {
      if (wanted) live.value = source;
      else source.stop();
    },
    (error: unknown) => {
      if (wanted) refusal.value = deviceRefusal(error);
    },
  );
  return () => {
    wanted = false;
    live.peek()?.stop();
    live.value = null;
    isPaused.value = false;
  };
}

function remember<Value>(values: readonly Value[], value: Value): Value[] {
  return [...values, value].slice(-REMEMBERED);
}

/** Runs frame after frame, but for when measuring goes on, which this would disturb. */
function runLive(): (() => void) | undefined {
  const [mine, open, source, sides] = [
    duel.value,
    opened.value,
    live.value,
    which.value === 'both' ? BOTH : [which.value],
  ];
  if (!mine || !open || !source || isPaused.value || isRunning.value) return undefined;
  const abort = new AbortController();
  const { signal: aborted } = abort;
  speeds.value = { before: [], after: [] };
  ticks.value = [];
  const loop = async (): Promise<void> => {
    while (!aborted.aborted) {
      const given = await source.next();
      if (aborted.aborted) return;
      const runs = await runBoth(mine, sides, given.sample, aborted, false);
      refusal.value = null;
      const { before, after } = speeds.value;
      speeds.value = {
        before: runs.before ? remember(before, runs.before.ms) : [],
        after: runs.after ? remember(after, runs.after.ms) : [],
      };
      ticks.value = remember(ticks.value, performance.now());
      await show({ given, runs }, open, () => !aborted.aborted);
    }
  };
  loop().catch((error: unknown) => {
    if (!aborted.aborted) refusal.value = toRefusal(error, open.name);
  });
  return () => abort.abort();
}

/** Understands anew what ran when it shall be understood otherwise. */
function understand(): (() => void) | undefined {
  void [adapterChoice.value, leastScore.value, names.value];
  const open = opened.peek();
  if (!latest || !open) return undefined;
  let wanted = true;
  void show(latest, open, () => wanted);
  return () => {
    wanted = false;
  };
}

/**
 * Keeps the outcome up with what is chosen.
 * @returns What ends that.
 */
export function startTrying(): () => void {
  const ends = [holdModels, runChosen, holdSource, runLive, understand].map((each) => effect(each));
  return () => {
    for (const end of ends) end();
  };
}
