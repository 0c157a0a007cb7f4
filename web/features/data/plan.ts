import { effect, signal } from '@preact/signals';
import {
  openDataset,
  OctoliteError,
  randomSamples,
  type Dataset,
  type FileDataset,
  type Sample,
  type TensorDetails,
  type TypedArray,
} from 'octolite';
import { plural } from '../../lib/format.js';
import { toRefusal, type Refusal } from '../../lib/refusal.js';
import { model, type OpenModel } from '../open/state.js';
import { optionsOf, type Preprocessing } from './preprocess.js';
import { split, spread } from './split.js';
import {
  bundled,
  files,
  labels,
  limits,
  preprocessing,
  random,
  source,
  type BundledData,
  type Limits,
  type RandomSettings,
} from './state.js';

/** Samples in order, made one at a time as they are asked for. */
export interface SampleSet {
  readonly count: number;
  readonly sample: (position: number) => Sample | Promise<Sample>;
}

/** What to calibrate and to measure with. */
export interface DataPlan {
  readonly calibration: SampleSet;
  readonly measure: SampleSet;
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

/** The samples of a dataset that are at the given places in it. */
function pick(dataset: FileDataset, indices: readonly number[]): SampleSet {
  return {
    count: indices.length,
    sample: (position) => dataset.sample(indices[position] ?? 0),
  };
}

async function bundledPlan(
  data: BundledData,
  inputs: readonly TensorDetails[],
  prepare: Preprocessing,
  most: Limits,
): Promise<DataPlan> {
  const open = (file: BundledData['calibration']): Promise<FileDataset> =>
    openDataset([file], inputs, optionsOf(prepare));
  const [calibration, evaluation] = [await open(data.calibration), await open(data.evaluation)];
  const all = ({ length }: FileDataset): number[] => Array.from({ length }, (_, index) => index);
  const measured = spread(all(evaluation), most.measure);
  return {
    calibration: pick(calibration, spread(all(calibration), most.calibration)),
    measure: pick(evaluation, measured),
    labels: measured.map((index) => data.labels[index] ?? 0),
    shared: false,
    isRandom: false,
    description: 'the sample’s own data',
    notes: [],
  };
}

function describe(chosen: readonly File[], samples: number): string {
  const from = chosen.length === 1 ? chosen[0]!.name : plural(chosen.length, 'file');
  return samples === chosen.length ? from : `${plural(samples, 'sample')} of ${from}`;
}

async function filesPlan(
  chosen: readonly File[],
  classes: { readonly name: string; readonly classes: Int32Array } | null,
  inputs: readonly TensorDetails[],
  prepare: Preprocessing,
  most: Limits,
): Promise<DataPlan> {
  if (chosen.length === 0) {
    throw new OctoliteError('INVALID_ARGUMENT', 'there is no data yet', {
      hint: 'drop some, or choose random data',
    });
  }
  const dataset = await openDataset(chosen, inputs, optionsOf(prepare));
  if (classes && classes.classes.length !== dataset.length) {
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      `there are ${classes.classes.length} labels for ${plural(dataset.length, 'sample')}`,
      { file: classes.name, hint: 'give the labels that belong to the samples' },
    );
  }
  const { calibration, measure, shared } = split(dataset.length, most);
  return {
    calibration: pick(dataset, calibration),
    measure: pick(dataset, measure),
    labels: classes && measure.map((index) => classes.classes[index] ?? 0),
    shared,
    isRandom: false,
    description: describe(chosen, dataset.length),
    notes: dataset.notes,
  };
}

function randomPlan(
  inputs: readonly TensorDetails[],
  { count, min, max, seed }: RandomSettings,
): DataPlan {
  // The library's are from -1 to 1.
  const scaled = (value: number): number => min + ((value + 1) / 2) * (max - min);
  const set = (firstSeed: number): SampleSet => ({
    count,
    sample: (position) => {
      const [sample] = randomSamples(inputs, 1, firstSeed + position);
      return (sample as TypedArray[]).map((values) =>
        values instanceof Float32Array ? values.map(scaled) : values,
      );
    },
  });
  return {
    calibration: set(seed),
    measure: set(seed + count),
    labels: null,
    shared: false,
    isRandom: true,
    description: `random values from ${min} to ${max}, seed ${seed}`,
    notes: [],
  };
}

/**
 * The samples as they are chosen now, for a model.
 * @throws OctoliteError when there are none, or when they do not fit.
 */
function planData({ inspection: { inputs } }: OpenModel): Promise<DataPlan> {
  // All settings are read at once, so that an effect sees which ones it depends on.
  const [most, prepare, chosen, classes] = [
    limits.value,
    preprocessing.value,
    files.value,
    labels.value,
  ];
  const own = bundled.value;
  if (source.value === 'random') return Promise.resolve(randomPlan(inputs, random.value));
  if (source.value === 'bundled' && own) return bundledPlan(own, inputs, prepare, most);
  return filesPlan(chosen, classes, inputs, prepare, most);
}

/** What planData says of the open model, kept up with the settings; empty while it is made. */
export const currentPlan = signal<{ readonly plan?: DataPlan; readonly refusal?: Refusal }>({});

let latest: Promise<DataPlan> | null = null;

/** What `currentPlan` holds or is about to hold. */
export function latestPlan(open: OpenModel): Promise<DataPlan> {
  return latest ?? planData(open);
}

effect(() => {
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
      if (wanted) currentPlan.value = { refusal: toRefusal(error) };
    },
  );
  return () => {
    wanted = false;
  };
});

/** As the library takes them: streamed, so that only the one at work is in memory. */
export function stream(set: SampleSet): Dataset & { readonly length: number } {
  return {
    length: set.count,
    async *[Symbol.asyncIterator]() {
      for (let position = 0; position < set.count; ++position) yield await set.sample(position);
    },
  };
}
