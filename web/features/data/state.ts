import { computed, signal } from '@preact/signals';
import type { DataFile } from 'octolite';
import type { Refusal } from '../../lib/refusal.js';
import { model } from '../open/state.js';
import type { FileKind } from '../../lib/file_kind.js';
import { classesOfFolders, labelFolders, namesOfFolders, type FolderClasses } from './labelling.js';
import { DEFAULT_PREPROCESSING, pictureAmong, type Preprocessing } from './preprocess.js';
import type { FileFacts } from './protocol.js';

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

/** A file to make samples of. */
export interface DataEntry {
  readonly id: number;
  readonly file: File;
  readonly kind: FileKind;
  /** The folder that it was in; empty when it came by itself. */
  readonly folder: string;
  /** Why it is left out; null when it is not. */
  readonly refusal: Refusal | null;
}

export const source = signal<SourceKind>('random');
export const bundled = signal<BundledData | null>(null);
export const entries = signal<readonly DataEntry[]>([]);
/** The class of each sample in `entries`, from a file. */
export const labels = signal<{ readonly name: string; readonly classes: Int32Array } | null>(null);
/** What classes are called, from a file. */
export const namesFile = signal<{
  readonly name: string;
  readonly names: readonly string[];
} | null>(null);
/** Whether folders say of which class files are, and what the user says of single folders. */
export const usesFolders = signal(true);
export const folderChoices = signal<FolderClasses>({});
/** The label's column of csv files as the user says, by the number of the file; null for none. */
export const labelColumns = signal<Readonly<Record<number, number | null>>>({});
/** Which input a file is for as the user says, by the number of the file. */
export const assigned = signal<Readonly<Record<number, string>>>({});
export const random = signal<RandomSettings>({ seed: 1, count: 16, min: 0, max: 1 });
export const limits = signal<Limits>({ calibration: 256, measure: 500 });
export const preprocessing = signal<Preprocessing>(DEFAULT_PREPROCESSING);
/** Why the last data file was refused. */
export const dataRefusal = signal<Refusal | null>(null);
/** What files are being taken in, in words; empty when none are. */
export const taking = signal('');
/** What is open to take samples with; null when nothing is. */
export const device = signal<'camera' | 'microphone' | null>(null);
/** What opening showed of the files, by their number. */
export const facts = signal<ReadonlyMap<number, FileFacts>>(new Map());

/** The picture that the open model takes, among others; null when it takes none. */
export const picture = computed(() => {
  const open = model.value;
  return open ? pictureAmong(open.inspection.inputs, preprocessing.value.layout) : null;
});

/** Folders that may be classes. */
export const folders = computed(() =>
  labelFolders(entries.value.filter(({ refusal }) => !refusal).map(({ folder }) => folder)),
);

/** The class of each folder; null where folders say nothing. */
export const folderClasses = computed<FolderClasses | null>(() => {
  if (!usesFolders.value || folders.value.length === 0) return null;
  const guessed = classesOfFolders(folders.value, namesFile.value?.names ?? null);
  const chosen = folders.value.map((folder) => [
    folder,
    folderChoices.value[folder] ?? guessed[folder]!,
  ]);
  return Object.fromEntries(chosen) as FolderClasses;
});

/** What the classes of the model are called, where that is known. */
export const classNames = computed<readonly string[] | null>(() => {
  if (namesFile.value) return namesFile.value.names;
  if (source.value === 'bundled') return bundled.value?.classNames ?? null;
  if (folderClasses.value) {
    const isNumbered = folders.value.every((folder) => /^\d+$/.test(folder));
    if (!isNumbered) return namesOfFolders(folderClasses.value);
  }
  for (const { classNames: names } of facts.value.values()) if (names) return names;
  return null;
});

const automatic = new WeakSet<Preprocessing>([DEFAULT_PREPROCESSING]);

/** Sets what is only presumed: another model may presume otherwise, what a user set stays. */
export function presume(value: Preprocessing): void {
  automatic.add(value);
  preprocessing.value = value;
}

export function isPresumed(value: Preprocessing): boolean {
  return automatic.has(value);
}

export function changePreprocessing(part: Partial<Preprocessing>): void {
  preprocessing.value = { ...preprocessing.value, ...part };
}

export function clearFiles(): void {
  entries.value = [];
  facts.value = new Map();
  labels.value = null;
  folderChoices.value = {};
  labelColumns.value = {};
  assigned.value = {};
}

/** Back to the start, for another model. */
export function resetData(): void {
  source.value = 'files';
  bundled.value = null;
  dataRefusal.value = null;
  namesFile.value = null;
  usesFolders.value = true;
  device.value = null;
  clearFiles();
}
