import { computed, effect, signal } from '@preact/signals';
import {
  openDataset,
  randomSamples,
  type Sample,
  type TensorInput,
  type TypedArray,
} from 'octolite';
import { toRefusal } from '../../lib/refusal.js';
import { optionsOf } from '../data/preprocess.js';
import { random } from '../data/state.js';
import type { OpenModel } from '../open/state.js';
import { isRunning } from '../run/state.js';
import { verdict } from '../verdict/state.js';
import type { Task } from './adapters/adapter.js';
import { adapterFor, recognize } from './adapters/choose.js';
import { agree, noiseOf } from './agreement.js';
import { frameOfPicture, openCamera, type FrameMaker, type LiveSource } from './camera.js';
import { Duel, type Run, type Side } from './duel.js';
import { frameOf, type Frame } from './frame.js';
import { openMicrophone } from './microphone.js';
import { Pictures } from './pictures.js';
import type { Output, Reading } from './reading.js';
import {
  adapterChoice,
  cut,
  file,
  fileCount,
  filePosition,
  inputKind,
  isBusy,
  isOpen,
  isPaused,
  leastScore,
  names,
  opened,
  outcome,
  picture,
  position,
  preparation,
  refusal,
  seed,
  sound,
  speeds,
  ticks,
  which,
  type InputKind,
} from './state.js';
import { words } from './words.js';

/** What ran, before it is understood. */
interface Latest {
  readonly frame: Frame;
  readonly runs: Readonly<Partial<Record<Side, Run>>>;
}

/** Of a sound whose rate nobody said, in Hz: what most models for speech take. */
const USUAL_RATE = 16_000;
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
  const { frame, runs } = ran;
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
    frame,
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

const pictures = new Pictures();

/** Gives up what the models hold when others come, and all of it when the panel is closed. */
function holdModels(): () => void {
  const mine = duel.value;
  if (!mine) pictures.stop();
  return () => {
    mine?.dispose();
    latest = lastOfFloat = null;
    outcome.value = null;
    refusal.value = null;
  };
}

// --- Inputs that stand still ----------------------------------------------------------------------

/** Random values for all inputs; real ones between the bounds that the data panel has. */
function randomInputs({ inspection: { inputs } }: OpenModel): TypedArray[] {
  const { min, max } = random.value;
  const [sample] = randomSamples(inputs, 1, seed.value);
  // The library's are from -1 to 1.
  return (sample as TypedArray[]).map((values) =>
    values instanceof Float32Array
      ? values.map((value) => min + ((value + 1) / 2) * (max - min))
      : values,
  );
}

/** What makes pictures samples; inputs beside the picture get random values, the same each time. */
function frameMaker(open: OpenModel): FrameMaker | null {
  const input = picture.value;
  if (!input) return null;
  const others: readonly TensorInput[] =
    open.inspection.inputs.length > 1 ? randomInputs(open) : [];
  return {
    pictures,
    picture: input,
    input: open.inspection.inputs[input.place]!,
    preprocessing: preparation.value,
    cut: () => cut.peek(),
    sampleOf: (values) => (others.length > 0 ? others.with(input.place, values) : [values]),
  };
}

const PICTURE_NAME = /\.(png|jpe?g|webp|bmp|gif|avif)$/i;

function isPicture({ type, name }: File): boolean {
  return type.startsWith('image/') || PICTURE_NAME.test(name);
}

/** What is in a file that is not one picture: pieces of a sound, rows, arrays. */
const fileData = computed(() => {
  const [open, chosen] = [opened.value, file.value];
  if (!open || !chosen || (isPicture(chosen) && picture.value)) return null;
  return openDataset([chosen], open.inspection.inputs, optionsOf(preparation.value));
});

async function frameOfFile(chosen: File, open: OpenModel): Promise<Frame> {
  void cut.value;
  // All signals are read before anything is waited for, so that an effect sees them.
  const [data, maker, at, shape, { layout }] = [
    fileData.value,
    frameMaker(open),
    filePosition.value,
    picture.value,
    preparation.value,
  ];
  if (data) {
    const dataset = await data;
    fileCount.value = dataset.length;
    return frameOf(await dataset.sample(Math.min(at, dataset.length - 1)), shape, layout);
  }
  fileCount.value = 1;
  return frameOfPicture(await createImageBitmap(chosen), maker!, chosen);
}

/** What is chosen, as a frame; null where nothing is yet, or where it is live. */
function chosenFrame(open: OpenModel): Promise<Frame> | null {
  const [shape, { layout }] = [picture.value, preparation.value];
  switch (inputKind.value) {
    case 'samples': {
      const { measure } = verdict.value!.plan;
      const sample = Promise.resolve(measure.sample(position.value % measure.count));
      return sample.then((values) => frameOf(values, shape, layout));
    }
    case 'random':
      return Promise.resolve(frameOf(randomInputs(open), shape, layout));
    case 'file':
      return file.value && frameOfFile(file.value, open);
    default:
      return null;
  }
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

const BOTH: readonly Side[] = ['before', 'after'];

/** Runs what is chosen whenever something else is chosen. */
function runChosen(): (() => void) | undefined {
  const [mine, open] = [duel.value, opened.value];
  const making = mine && open && chosenFrame(open);
  if (!making) return undefined;
  const abort = new AbortController();
  const { signal: aborted } = abort;
  const run = async (): Promise<void> => {
    const frame = await making;
    const runs = await runBoth(mine, BOTH, frame.sample, aborted, true);
    refusal.value = null;
    await show({ frame, runs }, open, () => !aborted.aborted);
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

// --- Live ------------------------------------------------------------------------------------------

const live = signal<LiveSource | null>(null);

function openSource(kind: InputKind, open: OpenModel): Promise<LiveSource> | null {
  if (kind === 'camera') {
    const maker = frameMaker(open);
    return maker && openCamera(maker);
  }
  if (kind === 'microphone' && sound.value > 0) {
    const rate = preparation.value.sampleRate || USUAL_RATE;
    return openMicrophone(sound.value, rate, (values) => frameOf([values], null, 'NHWC'));
  }
  return null;
}

/** Holds the camera or microphone for as long as it is chosen and the panel is open. */
function holdSource(): (() => void) | undefined {
  const open = isOpen.value && opened.value;
  const opening = open && openSource(inputKind.value, open);
  if (!opening) return undefined;
  let wanted = true;
  opening.then(
    (source) => {
      if (wanted) live.value = source;
      else source.stop();
    },
    (error: unknown) => {
      if (!wanted) return;
      refusal.value = {
        title: words.value.noDevice,
        what: error instanceof Error ? error.message : String(error),
        where: '',
        next: words.value.allowDevice,
      };
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
      const frame = await source.next();
      if (aborted.aborted) return;
      const runs = await runBoth(mine, sides, frame.sample, aborted, false);
      refusal.value = null;
      const { before, after } = speeds.value;
      speeds.value = {
        before: runs.before ? remember(before, runs.before.ms) : [],
        after: runs.after ? remember(after, runs.after.ms) : [],
      };
      ticks.value = remember(ticks.value, performance.now());
      await show({ frame, runs }, open, () => !aborted.aborted);
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
