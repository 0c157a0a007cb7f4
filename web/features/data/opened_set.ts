import { OctoliteError, randomSample, type Sample, type TensorDetails } from 'octolite';
import { recordOf } from '../../lib/worker_protocol.js';
import { assignInputs } from './assign.js';
import type { DataErrorRecord, FileFacts, SetRecipe } from './protocol.js';
import {
  asOctoliteError,
  joinInputs,
  openFile,
  type OpenedFile,
  type SourceFile,
} from './sources.js';

/** A place in a set: which file, and which of its samples. */
interface Place {
  readonly file: number | null;
  readonly sample: () => Promise<Sample>;
}

/** Samples that can be asked for in any order. */
export interface SampleSource {
  readonly count: number;
  readonly facts: readonly FileFacts[];
  readonly notes: readonly string[];
  readonly at: (index: number) => Place;
}

interface Group {
  readonly file: number;
  readonly opened: OpenedFile;
}

function factsOf(
  file: number,
  name: string,
  opened: OpenedFile | null,
  refusal: DataErrorRecord | null,
  feeds: readonly string[],
): FileFacts {
  return {
    file,
    name,
    count: opened?.count ?? 0,
    detail: '',
    columns: null,
    labelColumn: null,
    classes: null,
    classNames: null,
    sampleRate: null,
    ...opened?.facts,
    refusal,
    feeds,
  };
}

/** The sample at a place in files that follow each other. */
function locate(groups: readonly Group[], index: number): Place {
  let place = index;
  for (const { file, opened } of groups) {
    if (place < opened.count) return { file, sample: () => opened.sample(place) };
    place -= opened.count;
  }
  throw new OctoliteError('INVALID_ARGUMENT', `there is no sample ${index}`);
}

const countOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, { opened }) => sum + opened.count, 0);

/** One array in a file for each input: a sample takes one of each. */
function joined(
  inputs: readonly TensorDetails[],
  groups: ReadonlyMap<string, readonly Group[]>,
): { readonly count: number; readonly at: (index: number) => Place } {
  const counts = inputs.map(({ name }) => countOf(groups.get(name) ?? []));
  if (new Set(counts).size > 1) {
    const said = inputs.map(({ name }, index) => `${counts[index]} for ${name}`).join(', ');
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      `the inputs have different numbers of samples: ${said}`,
      {
        hint: 'give each input as many, or an .npz with the arrays of all',
      },
    );
  }
  return {
    count: counts[0] ?? 0,
    at: (index) => ({
      file: null,
      sample: () =>
        joinInputs(
          inputs.map(({ name }) => ({
            name,
            sample: locate(groups.get(name) ?? [], index).sample,
          })),
        ),
    }),
  };
}

/**
 * Opens the files of a set. Those that are refused are left out and said in `facts`.
 * @throws OctoliteError when the files of several inputs do not go together.
 */
async function openFiles(
  recipe: SetRecipe & { kind: 'files' },
  fileOf: (file: number) => SourceFile,
): Promise<SampleSource> {
  const { files, inputs, preprocessing, labelColumns, assigned } = recipe;
  const isShared = (file: number): boolean =>
    inputs.length <= 1 || /\.npz$/i.test(fileOf(file).name);
  const single = files.filter((file) => !isShared(file));
  const names = assignInputs(
    single.map((file) => fileOf(file).name),
    inputs,
    single.map((file) => assigned[file]),
  );
  const facts: FileFacts[] = [];
  const notes = new Set<string>();
  const whole: Group[] = [];
  const byInput = new Map<string, Group[]>();
  for (const file of files) {
    const source = fileOf(file);
    const name = names[single.indexOf(file)];
    const shared = inputs.length <= 1 || isShared(file);
    const fed = shared ? inputs : inputs.filter((input) => input.name === name);
    const feeds = fed.map((input) => input.name);
    try {
      const opened = await openFile(source, fed, {
        preprocessing,
        labelColumn: labelColumns[file],
      });
      for (const note of opened.notes) notes.add(note);
      facts.push(factsOf(file, source.name, opened, null, feeds));
      if (shared) whole.push({ file, opened });
      else byInput.set(name ?? '', [...(byInput.get(name ?? '') ?? []), { file, opened }]);
    } catch (error) {
      const refusal = { ...recordOf(asOctoliteError(error, source.name)), culprit: file };
      facts.push(factsOf(file, source.name, null, refusal, feeds));
    }
  }
  const together = byInput.size > 0 ? joined(inputs, byInput) : null;
  const wholeCount = countOf(whole);
  // Files are many, and samples are asked for one by one: where each begins is known.
  const places: Place[] = [];
  if (together === null && whole.every(({ opened }) => opened.count === 1)) {
    for (const { file, opened } of whole) places.push({ file, sample: () => opened.sample(0) });
  }
  return {
    count: wholeCount + (together?.count ?? 0),
    facts,
    notes: [...notes],
    at: (index) =>
      places[index] ??
      (index < wholeCount || !together ? locate(whole, index) : together.at(index - wholeCount)),
  };
}

function openRandom({
  inputs,
  count,
  seed,
  min,
  max,
}: SetRecipe & { kind: 'random' }): SampleSource {
  // The library's are from -1 to 1.
  const scale = (max - min) / 2;
  return {
    count,
    facts: [],
    notes: [],
    at: (index) => ({
      file: null,
      sample: () => {
        const sample = randomSample(inputs, seed + index) as readonly unknown[];
        for (const values of sample) {
          if (!(values instanceof Float32Array)) continue;
          for (let i = 0; i < values.length; ++i) values[i] = min + (values[i]! + 1) * scale;
        }
        return Promise.resolve(sample as Sample);
      },
    }),
  };
}

export async function openSet(
  recipe: SetRecipe,
  fileOf: (file: number) => SourceFile,
): Promise<SampleSource> {
  return recipe.kind === 'random' ? openRandom(recipe) : openFiles(recipe, fileOf);
}
