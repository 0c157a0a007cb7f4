import { computed, effect, signal } from '@preact/signals';
import type { Refusal } from '../../lib/refusal.js';
import { soundLength } from '../data/guess.js';
import { pictureShape, type PictureShape } from '../data/preprocess.js';
import type { Frame } from '../data/protocol.js';
import { WHOLE } from '../data/region.js';
import { bundled, classNames, preprocessing } from '../data/state.js';
import { verdict } from '../verdict/state.js';
import type { AdapterId, Task } from './adapters/adapter.js';
import type { Agreement } from './agreement.js';
import type { Run, Side } from './duel.js';
import { namesInModel } from './labelmap.js';
import type { Reading } from './reading.js';

export const INPUT_KINDS = ['samples', 'file', 'camera', 'microphone', 'random'] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** What both models are given. */
export interface Given extends Frame {
  /** The inputs for which there was nothing but random values. */
  readonly filled: readonly string[];
}

/** What both models said of one input, and what it means. */
export interface Outcome {
  readonly given: Given;
  readonly runs: Readonly<Partial<Record<Side, Run>>>;
  readonly task: Task;
  /** What the outputs were read as, and what they would be by themselves. */
  readonly adapter: AdapterId;
  readonly recognized: AdapterId;
  readonly readings: Readonly<Partial<Record<Side, Reading>>>;
  /** Null where only one of them ran. */
  readonly agreement: Agreement | null;
  /** SQNR of each output, in dB. */
  readonly noise: readonly number[] | null;
}

export const isOpen = signal(false);
export const inputKind = signal<InputKind>('samples');
/** Of the sample that is shown, from 0; of the data, and of the file that was chosen. */
export const position = signal(0);
export const filePosition = signal(0);
export const fileCount = signal(0);
export const file = signal<File | null>(null);
export const seed = signal(1);
/** Which part of a picture or of what the camera sees the models are given. */
export const cut = signal(WHOLE);
/** Which models run on live input. */
export const which = signal<'both' | Side>('both');
export const isPaused = signal(false);
export const adapterChoice = signal<AdapterId | 'auto'>('auto');
export const leastScore = signal(0.5);
/** Of a mask over its picture. */
export const opacity = signal(0.6);
/** How much the difference of two pictures is amplified. */
export const amplification = signal(8);

export const outcome = signal<Outcome | null>(null);
export const isBusy = signal(false);
/** Why the last input could not be run. */
export const refusal = signal<Refusal | null>(null);
/** How often the user wanted the last input to be tried once more. */
export const tries = signal(0);
/** Live: milliseconds of the last runs of each model, and when the last frames were done. */
export const speeds = signal<Readonly<Record<Side, readonly number[]>>>({ before: [], after: [] });
export const ticks = signal<readonly number[]>([]);

/** The float model of the verdict: what is set for it holds for every quantized one. */
export const opened = computed(() => verdict.value?.open ?? null);

/** How a picture or sound becomes an input: as it did for calibration, where there was any. */
export const preparation = computed(() => verdict.value?.data.preprocessing ?? preprocessing.value);

export interface PictureInput {
  /** Which of the inputs it is. */
  readonly place: number;
  readonly shape: PictureShape;
}

/** The picture that the models take, maybe among other inputs; null when they take none. */
export const picture = computed((): PictureInput | null => {
  const inputs = opened.value?.inspection.inputs ?? [];
  for (const [place, input] of inputs.entries()) {
    const shape = pictureShape([input], preparation.value.layout);
    if (shape) return { place, shape };
  }
  return null;
});

/** How many values of a sound the models take at once; 0 when they take something else. */
export const sound = computed(() => (opened.value ? soundLength(opened.value.inspection) : 0));

const namesInside = signal<readonly string[]>([]);

/** Names of classes, by number; empty when nobody knows them. */
export const names = computed(
  () => classNames.value ?? bundled.value?.classNames ?? namesInside.value,
);

effect(() => {
  const open = opened.value;
  // What was set for one model does not hold for another.
  position.value = 0;
  file.value = null;
  cut.value = WHOLE;
  adapterChoice.value = 'auto';
  inputKind.value = 'samples';
  namesInside.value = [];
  if (!open) return;
  let wanted = true;
  namesInModel(open.bytes).then(
    (found) => {
      if (wanted) namesInside.value = found;
    },
    // Without them classes have numbers.
    () => undefined,
  );
  return () => {
    wanted = false;
  };
});
