import { computed, signal } from '@preact/signals';
import type { DataFile } from 'octolite';
import type { Refusal } from '../../lib/refusal.js';
import { model } from '../open/state.js';
import { DEFAULT_PREPROCESSING, pictureShape, type Preprocessing } from './preprocess.js';

/** The labelled data that comes with a sample model. */
export interface BundledData {
  readonly calibration: DataFile;
  readonly evaluation: DataFile;
  readonly labels: Int32Array;
  readonly classNames?: readonly string[];
}

export type SourceKind = 'bundled' | 'files' | 'random';

export interface RandomSettings {
  readonly seed: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/** Most samples to calibrate with, and to measure with. */
export interface Limits {
  readonly calibration: number;
  readonly measure: number;
}

export const source = signal<SourceKind>('random');
export const bundled = signal<BundledData | null>(null);
export const files = signal<readonly File[]>([]);
/** The class of each sample in `files`. */
export const labels = signal<{ readonly name: string; readonly classes: Int32Array } | null>(null);
export const random = signal<RandomSettings>({ seed: 1, count: 16, min: 0, max: 1 });
export const limits = signal<Limits>({ calibration: 256, measure: 500 });
export const preprocessing = signal<Preprocessing>(DEFAULT_PREPROCESSING);
/** Why the last data file was refused. */
export const dataRefusal = signal<Refusal | null>(null);

/** The picture that the open model takes; null when it takes something else. */
export const picture = computed(() => {
  const open = model.value;
  return open ? pictureShape(open.inspection.inputs, preprocessing.value.layout) : null;
});

export function clearFiles(): void {
  files.value = [];
  labels.value = null;
}

/** Back to the start, for another model. */
export function resetData(): void {
  source.value = 'files';
  bundled.value = null;
  dataRefusal.value = null;
  clearFiles();
}
