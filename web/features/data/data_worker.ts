/**
 * Reads, decodes and prepares data files beside the page, so that the page never waits for them.
 * This file is the script of the worker.
 */
import { OctoliteError, parseWav, type Sample, type TensorDetails } from 'octolite';
import { answerRequests } from '../../lib/worker_answers.js';
import { recordOf } from '../../lib/worker_protocol.js';
import { frameOfPicture, frameOfSample, frameOfSound, pixelsOf, valuesOf } from './frames.js';
import { kindOf } from '../../lib/file_kind.js';
import { histogram, outline, statsOf } from './look.js';
import { openSet, type SampleSource } from './opened_set.js';
import { pictureShape, type Layout } from './preprocess.js';
import type {
  DataErrorRecord,
  Frame,
  InputLook,
  Look,
  Requests,
  SetRecipe,
  Thumbnail,
} from './protocol.js';
import { asOctoliteError } from './sources.js';

/** Sides of pictures that are looked at, in pixels. */
const LOOK_SIZE = 320;
const FIRST_VALUES = 24;
const OUTLINE_PARTS = 160;
const THUMBNAIL_PARTS = 40;
/** What earlier sets were opened from is kept for so many; others are opened again when needed. */
const KEPT_SETS = 2;

const files = new Map<number, File>();
const recipes = new Map<number, SetRecipe>();
/** Opened sets, the one used last at the end. */
const opened = new Map<number, Promise<SampleSource>>();

function fileOf(file: number): File {
  const found = files.get(file);
  if (!found) throw new OctoliteError('INTERNAL', `file ${file} was not handed over`);
  return found;
}

function sourceOf(set: number): Promise<SampleSource> {
  const recipe = recipes.get(set);
  if (!recipe) throw new OctoliteError('INTERNAL', `there is no set ${set}`);
  const source = opened.get(set) ?? openSet(recipe, fileOf);
  opened.delete(set);
  opened.set(set, source);
  for (const oldest of opened.keys()) {
    if (opened.size <= KEPT_SETS) break;
    opened.delete(oldest);
  }
  return source;
}

async function open({ set }: Requests['open']['args']): Promise<Requests['open']['result']> {
  const { count, notes } = await sourceOf(set);
  return { set, count, notes };
}

async function factsOf({
  set,
  from,
  to,
}: Requests['facts']['args']): Promise<Requests['facts']['result']> {
  return (await sourceOf(set)).facts.slice(from, to);
}

/** The error of a sample, with the file that it is the fault of. */
async function blaming<Result>(file: number | null, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    const name = file === null ? 'data' : fileOf(file).name;
    throw Object.assign(asOctoliteError(error, name), { culprit: file ?? undefined });
  }
}

async function sample({ set, index }: Requests['sample']['args']): Promise<Sample> {
  const place = (await sourceOf(set)).at(index);
  return blaming(place.file, place.sample);
}

async function decoded(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new OctoliteError('BAD_DATA_FILE', 'the browser cannot decode this picture', {
      file: file.name,
    });
  }
}

/** A picture no larger than `size` on either side. */
async function shrunk(file: File, size: number): Promise<[ImageBitmap, number, number]> {
  const whole = await decoded(file);
  const { width, height } = whole;
  const ratio = Math.min(1, size / Math.max(width, height));
  if (ratio === 1) return [whole, width, height];
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(width * ratio)),
    resizeHeight: Math.max(1, Math.round(height * ratio)),
    resizeQuality: 'medium',
  });
  whole.close();
  return [bitmap, width, height];
}

async function lookAtInput(
  input: TensorDetails,
  values: Float32Array,
  layout: Layout,
  sound: number | null,
): Promise<InputLook> {
  const stats = statsOf(values);
  const shape = pictureShape([input], layout);
  const pixels = pixelsOf(values, input, layout, stats);
  const channels = shape?.channels ?? 0;
  const plane = shape ? shape.width * shape.height : 0;
  return {
    name: input.name,
    shape: input.shape,
    stats,
    histogram: histogram(values, stats),
    channels: Array.from({ length: channels }, (_, channel) =>
      layout === 'NCHW'
        ? statsOf(values.subarray(channel * plane, (channel + 1) * plane))
        : statsOf(values, channel, channels),
    ),
    after: pixels && (await createImageBitmap(pixels)),
    outline: sound === null ? null : outline(values, OUTLINE_PARTS),
    sampleRate: sound ?? 0,
    first: Array.from(values.subarray(0, FIRST_VALUES)),
  };
}

const layoutOf = (recipe: SetRecipe): Layout =>
  recipe.kind === 'files' ? recipe.preprocessing.layout : recipe.layout;

async function frame({ set, index, cut }: Requests['frame']['args']): Promise<Frame> {
  const recipe = recipes.get(set)!;
  const { file, sample: read } = (await sourceOf(set)).at(index);
  return blaming(file, async () => {
    const { inputs } = recipe;
    const isPicture = file !== null && kindOf(fileOf(file)) === 'picture';
    if (!isPicture || recipe.kind === 'random' || !pictureShape(inputs, layoutOf(recipe))) {
      return frameOfSample(await read(), inputs, layoutOf(recipe));
    }
    const input = inputs[0]!;
    const exact = cut.zoom === 1 ? await read() : undefined;
    const bitmap = await decoded(fileOf(file));
    return frameOfPicture({ bitmap, input, preprocessing: recipe.preprocessing, cut }, exact);
  });
}

async function look({ set, index }: Requests['look']['args']): Promise<Look> {
  const recipe = recipes.get(set)!;
  const { file, sample: read } = (await sourceOf(set)).at(index);
  return blaming(file, async () => {
    const made = await read();
    const layout = layoutOf(recipe);
    const kind = file === null ? 'array' : kindOf(fileOf(file));
    let rate: number | null = null;
    if (kind === 'sound' && recipe.kind === 'files') {
      const own = parseWav(new Uint8Array(await fileOf(file!).arrayBuffer())).sampleRate;
      rate = recipe.preprocessing.sampleRate || own;
    }
    const inputs: InputLook[] = [];
    for (const [at, input] of recipe.inputs.entries()) {
      inputs.push(await lookAtInput(input, valuesOf(made, recipe.inputs, at), layout, rate));
    }
    const before = kind === 'picture' ? (await shrunk(fileOf(file!), LOOK_SIZE))[0] : null;
    return { file, inputs, before };
  });
}

async function thumbnail({ file, size }: Requests['thumbnail']['args']): Promise<Thumbnail> {
  const source = fileOf(file);
  return blaming(file, async () => {
    if (kindOf(source) === 'picture') {
      const [bitmap, width, height] = await shrunk(source, size);
      return { kind: 'picture', bitmap, width, height };
    }
    const { samples, channels, sampleRate } = parseWav(
      new Uint8Array(await source.arrayBuffer()),
      source.name,
    );
    const seconds = samples.length / channels / sampleRate;
    return { kind: 'sound', outline: outline(samples, THUMBNAIL_PARTS), seconds };
  });
}

async function sound({ file }: Requests['sound']['args']): Promise<Requests['sound']['result']> {
  const source = fileOf(file);
  const { samples, channels, sampleRate } = parseWav(
    new Uint8Array(await source.arrayBuffer()),
    source.name,
  );
  return { samples: samples.filter((_, index) => index % channels === 0), sampleRate };
}

function takeFiles({ files: given }: Requests['files']['args']): null {
  for (const [number, file] of given) files.set(number, file);
  return null;
}

function takeRecipe({ set, recipe }: Requests['recipe']['args']): null {
  recipes.set(set, recipe);
  return null;
}

answerRequests<Requests, DataErrorRecord>(
  {
    files: takeFiles,
    recipe: takeRecipe,
    open,
    facts: factsOf,
    sample,
    frame,
    picture: (task) => frameOfPicture(task),
    heard: frameOfSound,
    look,
    thumbnail,
    sound,
  },
  (error) => {
    const { culprit } = error as { culprit?: number };
    const record = recordOf(asOctoliteError(error, ''));
    return culprit === undefined ? record : { ...record, culprit };
  },
  ['facts'],
);
