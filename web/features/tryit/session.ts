import { computed, effect, signal } from '@preact/signals';
import { randomSamples, type TypedArray } from 'octolite';
import { toRefusal } from '../../lib/refusal.js';
import { random } from '../data/state.js';
import { verdict, type Verdict } from '../verdict/state.js';
import type { Task } from './adapters/adapter.js';
import { adapterFor } from './adapters/choose.js';
import { agree, noiseOf } from './agreement.js';
import { Duel, type Run, type Side } from './duel.js';
import { frameOf, type Frame } from './frame.js';
import type { Reading } from './reading.js';
import {
  adapterChoice,
  inputKind,
  isBusy,
  isOpen,
  leastScore,
  names,
  outcome,
  picture,
  position,
  refusal,
  seed,
} from './state.js';

/** What ran last, before it is understood. */
interface Latest {
  readonly frame: Frame;
  readonly runs: Readonly<Partial<Record<Side, Run>>>;
}

const latest = signal<Latest | null>(null);

/** Lets the browser draw and answer between two pieces of work. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Understands what ran, in steps; null when it is not wanted any more. */
async function interpret(
  { frame, runs }: Latest,
  { open: { inspection } }: Verdict,
  wanted: () => boolean,
): Promise<void> {
  const run = runs.before ?? runs.after;
  if (!run) return;
  const shape = picture.value;
  const task: Task = {
    inputs: inspection.inputs,
    picture: shape,
    inspection,
    outputs: run.outputs,
    names: names.value.length,
    leastScore: leastScore.value,
  };
  const adapter = adapterFor(adapterChoice.value, task);
  const readings: Partial<Record<Side, Reading>> = {};
  for (const side of ['before', 'after'] as const) {
    const read = runs[side] && adapter.read(runs[side].outputs, task);
    if (read) readings[side] = read;
    await breathe();
    if (!wanted()) return;
  }
  const { before, after } = readings;
  const size = shape ?? { width: 1, height: 1 };
  outcome.value = {
    frame,
    runs,
    task,
    adapter: adapter.id,
    readings,
    agreement: before && after ? agree(before, after, size) : null,
    noise: runs.before && runs.after ? noiseOf(runs.before.outputs, runs.after.outputs) : null,
  };
}

/** The two models of the verdict, for as long as the panel shows them. */
const duel = computed(() => {
  const made = verdict.value;
  if (!isOpen.value || !made) return null;
  const { open, bytes } = made;
  return new Duel({ before: open.bytes, after: bytes }, open.inspection.inputs);
});

/** Gives up what the models hold when others come. */
function holdModels(): () => void {
  const mine = duel.value;
  return () => {
    mine?.dispose();
    latest.value = null;
    outcome.value = null;
    refusal.value = null;
  };
}

async function nextFrame({ plan, open }: Verdict): Promise<Frame> {
  const shape = picture.value;
  if (inputKind.value === 'random') {
    const { min, max } = random.value;
    const [sample] = randomSamples(open.inspection.inputs, 1, seed.value);
    // The library's are from -1 to 1.
    const scaled = (sample as TypedArray[]).map((values) =>
      values instanceof Float32Array
        ? values.map((value) => min + ((value + 1) / 2) * (max - min))
        : values,
    );
    return frameOf(scaled, shape);
  }
  return frameOf(await plan.measure.sample(position.value % plan.measure.count), shape);
}

/** Runs what is chosen whenever something else is chosen. */
function runChosen(): (() => void) | undefined {
  const [mine, made] = [duel.value, verdict.value];
  if (!mine || !made) return undefined;
  const abort = new AbortController();
  const making = nextFrame(made);
  const run = async (): Promise<void> => {
    isBusy.value = true;
    const frame = await making;
    const before = await mine.run('before', frame.sample, abort.signal, true);
    const after = await mine.run('after', frame.sample, abort.signal, true);
    latest.value = { frame, runs: { before, after } };
    refusal.value = null;
  };
  run()
    .catch((error: unknown) => {
      if (!abort.signal.aborted) refusal.value = toRefusal(error, made.open.name);
    })
    .finally(() => {
      if (!abort.signal.aborted) isBusy.value = false;
    });
  return () => abort.abort();
}

/** Understands anew what ran when it shall be understood otherwise. */
function understand(): (() => void) | undefined {
  const [shown, made] = [latest.value, verdict.peek()];
  void [adapterChoice.value, leastScore.value, names.value];
  if (!shown || !made) return undefined;
  let wanted = true;
  void interpret(shown, made, () => wanted);
  return () => {
    wanted = false;
  };
}

/**
 * Keeps the outcome up with what is chosen.
 * @returns What ends that.
 */
export function startTrying(): () => void {
  const ends = [holdModels, runChosen, understand].map((each) => effect(each));
  return () => {
    for (const end of ends) end();
  };
}
