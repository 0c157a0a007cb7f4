import { effect, signal } from '@preact/signals';
import {
  isOctoliteError,
  OctoliteError,
  type Dataset,
  type Sample,
  type TensorDetails,
} from 'octolite';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { model, type OpenModel } from '../open/state.js';
import { DataError, openFileSet, openSet, reader } from './client.js';
import { setAside } from './files.js';
import { classesOfParts, type FolderClasses } from './labelling.js';
import type { Layout, Preprocessing } from './preprocess.js';
import type { Frame, Look, OpenedSet, SetRecipe } from './protocol.js';
import { WHOLE } from './region.js';
import { split, spread } from './split.js';
import {
  assigned,
  bundled,
  entries,
  facts,
  folderClasses,
  labelColumns,
  labels,
  limits,
  preprocessing,
  random,
  source,
  type BundledData,
  type DataEntry,
  type Limits,
  type RandomSettings,
} from './state.js';
import { words } from './words.js';

/** Samples in order, made one at a time as they are asked for. */
export interface SampleSet {
  readonly count: number;
  readonly sample: (position: number) => Sample | Promise<Sample>;
}

/** Samples that can be shown, too. */
export interface ShownSet extends SampleSet {
  readonly frame: (position: number) => Promise<Frame>;
}

/** What to calibrate and to measure with. */
export interface DataPlan {
  /** What it was made of and how: plans of one key have the same samples. */
  readonly key: string;
  readonly calibration: SampleSet;
  readonly measure: ShownSet;
  /** All of them, to look at; null for random ones. */
  readonly gallery: Gallery | null;
  /** The class of each sample to measure with, when known. */
  readonly labels: readonly number[] | null;
  /** Whether the same samples serve both. */
  readonly shared: boolean;
  readonly isRandom: boolean;
  /** Where the samples come from, in words. */
  readonly description: string;
  /** What was decided for the user and should be said. */
  readonly notes: readonly string[];
}

/** Samples in the order of their files. */
export interface Gallery {
  readonly count: number;
  readonly look: (index: number) => Promise<Look>;
  readonly classOf: (index: number) => number | null;
}

/** A sample; a file that turns out to be bad is set aside for the next time. */
async function sampleOf(set: number, index: number): Promise<Sample> {
  try {
    return await reader.ask('sample', { set, index });
  } catch (error) {
    if (error instanceof DataError && error.culprit !== undefined) {
      setAside(error.culprit, toRefusal(error));
    }
    throw error;
  }
}

/** The samples of a set that are at the given places in it. */
function pick({ set }: OpenedSet, indices: readonly number[]): ShownSet {
  const at = (position: number): number => indices[position] ?? 0;
  return {
    count: indices.length,
    sample: (position) => sampleOf(set, at(position)),
    frame: (position) => reader.ask('frame', { set, index: at(position), cut: WHOLE }),
  };
}

function galleryOf({ set, count }: OpenedSet, classes: readonly number[] | null): Gallery {
  return {
    count,
    look: (index) => reader.ask('look', { set, index }),
    classOf: (index) => classes?.[index] ?? null,
  };
}

const bundledFiles = new WeakMap<BundledData['calibration'], Promise<File>>();

function asFile(data: BundledData['calibration']): Promise<File> {
  const known = bundledFiles.get(data);
  if (known) return known;
  const made = data
    .arrayBuffer()
    .then((content) => new File([content as Uint8Array<ArrayBuffer>], data.name));
  bundledFiles.set(data, made);
  return made;
}

async function bundledPlan(
  data: BundledData,
  inputs: readonly TensorDetails[],
  prepare: Preprocessing,
  most: Limits,
): Promise<DataPlan> {
  const open = async (part: BundledData['calibration']): Promise<OpenedSet> =>
    openFileSet(await asFile(part), inputs, prepare);
  const [calibration, evaluation] = [await open(data.calibration), await open(data.evaluation)];
  const all = ({ count }: OpenedSet): number[] => Array.from({ length: count }, (_, i) => i);
  const measured = spread(all(evaluation), most.measure);
  return {
    key: JSON.stringify([data.calibration.name, data.evaluation.name, inputs, prepare, most]),
    calibration: pick(calibration, spread(all(calibration), most.calibration)),
    measure: pick(evaluation, measured),
    gallery: galleryOf(evaluation, [...data.labels]),
    labels: measured.map((index) => data.labels[index] ?? 0),
    shared: false,
    isRandom: false,
    description: words.peek().ownPictures,
    notes: [],
  };
}

/** The set that was opened last, as most settings leave it as it is. */
let latestSet: { readonly key: string; readonly opened: Promise<OpenedSet> } | null = null;

function openOnce(recipe: SetRecipe): Promise<OpenedSet> {
  const key = JSON.stringify(recipe);
  if (latestSet?.key !== key) latestSet = { key, opened: openSet(recipe) };
  return latestSet.opened;
}

function classesOf(
  opened: OpenedSet,
  chosen: readonly DataEntry[],
  given: { readonly name: string; readonly classes: Int32Array } | null,
  byFolder: FolderClasses | null,
): readonly number[] | null {
  if (given) {
    if (given.classes.length === opened.count) return [...given.classes];
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      words.peek().labelCount(given.classes.length, opened.count),
      {
        file: given.name,
        hint: words.peek().labelCountNext,
      },
    );
  }
  const folderOf = new Map(chosen.map(({ id, folder }) => [id, folder]));
  const parts = opened.facts
    .filter(({ count }) => count > 0)
    .map(({ file, count, classes }) => ({ count, classes, folder: folderOf.get(file) ?? '' }));
  return classesOfParts(parts, byFolder);
}

async function filesPlan(
  chosen: readonly DataEntry[],
  recipe: SetRecipe & { readonly kind: 'files' },
  given: { readonly name: string; readonly classes: Int32Array } | null,
  byFolder: FolderClasses | null,
  most: Limits,
  isShown: boolean,
): Promise<DataPlan> {
  const said = words.peek();
  if (chosen.length === 0) {
    throw new OctoliteError('INVALID_ARGUMENT', said.noData, { hint: said.noDataNext });
  }
  const opened = await (isShown ? openOnce(recipe) : openSet(recipe));
  if (isShown) facts.value = new Map(opened.facts.map((each) => [each.file, each]));
  const refused = opened.facts.find(({ refusal }) => refusal)?.refusal;
  if (opened.count === 0 && refused) throw new DataError(refused);
  const [only, another] = opened.facts.filter(({ count }) => count > 0);
  const used = opened.facts.filter(({ count }) => count > 0).length;
  const from = only && !another ? only.name : said.files(used);
  const classes = classesOf(opened, chosen, given, byFolder);
  const { calibration, measure, shared } = split(opened.count, most);
  const measuredClasses = classes && measure.map((index) => classes[index] ?? 0);
  return {
    key: JSON.stringify([recipe, most, measuredClasses]),
    calibration: pick(opened, calibration),
    measure: pick(opened, measure),
    gallery: galleryOf(opened, classes),
    labels: measuredClasses,
    shared,
    isRandom: false,
    description: opened.count === used ? from : said.samplesOf(opened.count, from),
    notes: opened.notes,
  };
}

async function randomPlan(
  inputs: readonly TensorDetails[],
  layout: Layout,
  { count, min, max, seed }: RandomSettings,
): Promise<DataPlan> {
  // Those to measure with follow those to calibrate with.
  const recipe = { kind: 'random', inputs, layout, count: 2 * count, min, max, seed } as const;
  const opened = await openSet(recipe);
  const places = (first: number): number[] => Array.from({ length: count }, (_, i) => first + i);
  return {
    key: JSON.stringify(recipe),
    calibration: pick(opened, places(0)),
    measure: pick(opened, places(count)),
    gallery: null,
    labels: null,
    shared: false,
    isRandom: true,
    description: words.peek().randomFrom(min, max, seed),
    notes: [],
  };
}

/**
 * The samples as they are chosen now, for a model.
 * @param isShown Whether it is the model on the page, whose files are listed with what is in them.
 * @throws OctoliteError when there are none, or when they do not fit.
 */
function planData(
  { inspection: { inputs } }: Pick<OpenModel, 'inspection'>,
  isShown = true,
): Promise<DataPlan> {
  // All settings are read at once, so that an effect sees which ones it depends on.
  const [most, prepare, all, given, byFolder, columns, forInputs, atRandom] = [
    limits.value,
    preprocessing.value,
    entries.value,
    labels.value,
    folderClasses.value,
    labelColumns.value,
    assigned.value,
    random.value,
  ];
  const own = bundled.value;
  if (source.value === 'random') return randomPlan(inputs, prepare.layout, atRandom);
  if (source.value === 'bundled' && own) return bundledPlan(own, inputs, prepare, most);
  const chosen = all.filter(({ refusal }) => !refusal);
  const recipe = {
    kind: 'files',
    files: chosen.map(({ id }) => id),
    inputs,
    preprocessing: prepare,
    labelColumns: columns,
    assigned: forInputs,
  } as const;
  return filesPlan(chosen, recipe, given, byFolder, most, isShown);
}

/** For a model that is not on the page: the samples as they are chosen, or random ones. */
export async function planFor(open: Pick<OpenModel, 'inspection'>): Promise<DataPlan> {
  try {
    return await planData(open, false);
  } catch {
    return randomPlan(open.inspection.inputs, preprocessing.peek().layout, random.peek());
  }
}

/** What planData says of the open model, kept up with the settings; empty while it is made. */
export const currentPlan = signal<{
  readonly plan?: DataPlan;
  readonly refusal?: Refusal;
  /** Whether it is not the settings that are to blame, so that it may do as they are. */
  readonly mayDo?: boolean;
}>({});

let latest: Promise<DataPlan> | null = null;

const tries = signal(0);

/** Tries again what was refused. */
export function planAgain(): void {
  if (currentPlan.peek().refusal) tries.value += 1;
}

/** What `currentPlan` holds or is about to hold; what was refused is tried again. */
export function latestPlan(open: OpenModel): Promise<DataPlan> {
  planAgain();
  return latest ?? planData(open);
}

effect(() => {
  void tries.value;
  const open = model.value;
  if (!open) return;
  let wanted = true;
  // A refusal was of other settings; a plan stays in view until the next one is there.
  if (currentPlan.peek().refusal) currentPlan.value = {};
  latest = planData(open);
  latest.then(
    (plan) => {
      if (wanted) currentPlan.value = { plan };
    },
    (error: unknown) => {
      const mayDo = isOctoliteError(error) && error.code === 'WORKER_STOPPED';
      if (wanted) currentPlan.value = { refusal: toRefusal(error), mayDo };
    },
  );
  return () => {
    wanted = false;
  };
});

/** So many samples are asked for ahead: some are read while others are run. */
const READ_AHEAD = 4;

/** As the library takes them: streamed, so that only a few are in memory. */
export function stream(set: SampleSet): Dataset & { readonly length: number } {
  return {
    length: set.count,
    async *[Symbol.asyncIterator]() {
      const coming: Promise<Sample>[] = [];
      for (let asked = 0, given = 0; given < set.count; ++given) {
        for (; asked < Math.min(given + READ_AHEAD, set.count); ++asked) {
          const sample = Promise.resolve(set.sample(asked));
          sample.catch(() => undefined); // thrown in its turn, which may never come
          coming.push(sample);
        }
        yield await coming.shift()!;
      }
    },
  };
}
