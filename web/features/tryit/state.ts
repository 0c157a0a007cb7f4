import { computed, effect, signal } from '@preact/signals';
import type { Refusal } from '../../lib/refusal.js';
import { pictureShape } from '../data/preprocess.js';
import { verdict } from '../verdict/state.js';
import type { AdapterId, Task } from './adapters/adapter.js';
import type { Agreement } from './agreement.js';
import type { Run, Side } from './duel.js';
import type { Frame } from './frame.js';
import type { Reading } from './reading.js';

export const INPUT_KINDS = ['samples', 'random'] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** What both models said of one input, and what it means. */
export interface Outcome {
  readonly frame: Frame;
  readonly runs: Readonly<Partial<Record<Side, Run>>>;
  readonly task: Task;
  /** What the outputs were read as. */
  readonly adapter: AdapterId;
  readonly readings: Readonly<Partial<Record<Side, Reading>>>;
  /** Null where only one of them ran. */
  readonly agreement: Agreement | null;
  /** SQNR of each output, in dB. */
  readonly noise: readonly number[] | null;
}

export const isOpen = signal(false);
export const inputKind = signal<InputKind>('samples');
/** Of the sample that is shown, from 0. */
export const position = signal(0);
export const seed = signal(1);
export const adapterChoice = signal<AdapterId | 'auto'>('auto');
export const leastScore = signal(0.5);
/** Names of classes, by number; empty when nobody knows them. */
export const names = signal<readonly string[]>([]);

export const outcome = signal<Outcome | null>(null);
export const isBusy = signal(false);
/** Why the last input could not be run. */
export const refusal = signal<Refusal | null>(null);

/** The picture that the models take; null when they take something else. */
export const picture = computed(() => {
  const { inputs } = verdict.value?.open.inspection ?? { inputs: [] };
  return pictureShape(inputs);
});

/** What was set for one model does not hold for another. */
const opened = computed(() => verdict.value?.open);
effect(() => {
  void opened.value;
  position.value = 0;
  adapterChoice.value = 'auto';
  inputKind.value = 'samples';
});
