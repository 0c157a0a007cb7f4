import { OctoliteError } from '../errors.js';
import { elementCount, isTypedArray } from '../tensor_data.js';
import type { Sample, TensorDetails, TensorInput, TensorValues } from '../types.js';
import { badFile } from './bad_file.js';
import { isBmp } from './bmp.js';
import { parseCsv } from './csv.js';
import { isIdx, parseIdx } from './idx.js';
import { decodeImage, isJpeg, type ImageDecoder } from './image.js';
import { EXPANDED_LIMIT, inflate, isGzip } from './inflate.js';
import type { NdArray } from './nd_array.js';
import { isNpy, parseNpy } from './npy.js';
import { isZip, parseNpz } from './npz.js';
import { isPng } from './png.js';
import { imageToTensor, pixelMap, pixelRange, type PreprocessOptions } from './preprocess.js';
import { decodeSound, mixDown, type SoundDecoder } from './sound.js';
import { isWav, parseWav } from './wav.js';

/** A file to read samples from. A browser's File is one. */
export interface DataFile {
  readonly name: string;
  /** Its content. */
  arrayBuffer(): Promise<ArrayBufferLike | Uint8Array>;
}

/** How files become samples, and which of them. */
export interface DatasetOptions extends PreprocessOptions {
  /** Decodes images other than PNG and BMP; default: what the browser has. */
  decodeImage?: ImageDecoder | undefined;
  /** In Hz, of the sounds that the model takes; default that of each file. */
  sampleRate?: number | undefined;
  /** Decodes sounds other than WAVE; default: what the browser has. */
  decodeSound?: SoundDecoder | undefined;
  /** Samples to leave out at the start, and how many to take after that. */
  skip?: number | undefined;
  limit?: number | undefined;
}

/** Samples from files, read when they are asked for. */
export interface FileDataset extends AsyncIterable<Sample> {
  /** Number of samples. */
  readonly length: number;
  /** What was decided for the caller and should be said. */
  readonly notes: readonly string[];
  /** The sample at a place from 0 to length - 1, in any order. */
  sample(index: number): Promise<Sample>;
}

/** Part of a dataset: `count` samples, the i-th of which `read` makes. */
interface Source {
  readonly count: number;
  readonly read: (index: number) => Promise<Sample> | Sample;
}

const IMAGE_NAME = /\.(png|jpe?g|bmp|webp|gif|avif)$/i;

const SOUND_NAME = /\.(wav|mp3|ogg|oga|opus|flac|m4a|aac|weba)$/i;

/** Whether a name looks like that of a data file, for choosing from a folder. */
export function isDataFileName(name: string): boolean {
  return IMAGE_NAME.test(name) || /\.(npy|npz|csv|txt|wav)$|-ubyte(\.gz)?$/i.test(name);
}

async function contentOf(file: DataFile): Promise<Uint8Array> {
  const content = await file.arrayBuffer();
  const bytes = ArrayBuffer.isView(content) ? content : new Uint8Array(content);
  return isGzip(bytes) ? inflate(bytes, 'gzip', EXPANDED_LIMIT, file.name) : bytes;
}

/**
 * Opens files as samples for a model's inputs: .npy and .npz (one array for each input, by name),
 * idx, csv (a row a sample), sounds (as decodeSound reads them, cut into pieces of the input's
 * length) and images. Kinds are told by content. Arrays of uint8 are pixels and preprocessed as images are.
 * @throws OctoliteError BAD_DATA_FILE, SHAPE_MISMATCH.
 */
export async function openDataset(
  files: readonly DataFile[],
  inputs: readonly TensorDetails[],
  options: DatasetOptions = {},
): Promise<FileDataset> {
  const notes = new Set<string>();
  const sources: Source[] = [];
  for (const file of files) sources.push(await openSource(file, inputs, options, notes));
  const all = sources.reduce((sum, { count }) => sum + count, 0);
  const skip = Math.min(options.skip ?? 0, all);
  const length = Math.min(options.limit ?? Infinity, all - skip);
  const sample = async (index: number): Promise<Sample> => {
    let place = skip + index;
    for (const { count, read } of index >= 0 && index < length ? sources : []) {
      if (place < count) return read(place);
      place -= count;
    }
    throw new OctoliteError('INVALID_ARGUMENT', `there is no sample ${index} of ${length}`);
  };
  return {
    length,
    notes: [...notes],
    sample,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < length; ++index) yield await sample(index);
    },
  };
}

async function openSource(
  file: DataFile,
  inputs: readonly TensorDetails[],
  options: DatasetOptions,
  notes: Set<string>,
): Promise<Source> {
  // Images are many and each is one sample, so they are opened one at a time.
  if (IMAGE_NAME.test(file.name)) return imageSource(file, inputs, options, notes);
  const bytes = await contentOf(file);
  if (isPng(bytes) || isJpeg(bytes) || isBmp(bytes)) {
    return imageSource(file, inputs, options, notes);
  }
  if (isZip(bytes)) {
    const arrays = await parseNpz(bytes, file.name);
    const only = arrays.size === 1 ? [...arrays.values()][0] : undefined;
    if (only && inputs.length === 1) return arraySource(only, inputs[0]!, file, options, notes);
    return arraysSource(arrays, inputs, file, options, notes);
  }
  const input = onlyInput(inputs, file);
  if (isWav(bytes) || SOUND_NAME.test(file.name)) {
    return soundSource(bytes, input, file, options, notes);
  }
  const array = isNpy(bytes)
    ? parseNpy(bytes, file.name)
    : isIdx(bytes)
      ? parseIdx(bytes, file.name)
      : parseText(bytes, file.name);
  return arraySource(array, input, file, options, notes);
}

function parseText(bytes: Uint8Array, name: string): NdArray {
  if (bytes.subarray(0, 4096).includes(0)) {
    badFile(name, 'the kind of this file is not known', 'use npy, npz, idx, csv, wav or images');
  }
  return parseCsv(bytes, name);
}

function onlyInput(inputs: readonly TensorDetails[], { name }: DataFile): TensorDetails {
  if (inputs.length === 1) return inputs[0]!;
  const names = inputs.map((input) => input.name).join(', ');
  badFile(
    name,
    `the model has ${inputs.length} inputs and this file has data for one`,
    `give a .npz with the arrays ${names}`,
  );
}

function imageSource(
  file: DataFile,
  inputs: readonly TensorDetails[],
  options: DatasetOptions,
  notes: Set<string>,
): Source {
  const input = onlyInput(inputs, file);
  notePixels(input, options, notes);
  return {
    count: 1,
    async read() {
      const image = await decodeImage(await contentOf(file), file.name, options.decodeImage);
      return imageToTensor(image, input, options, file.name);
    },
  };
}

function notePixels(input: TensorDetails, options: PreprocessOptions, notes: Set<string>): void {
  if (!pixelRange(input, options).chosen) {
    notes.add('pixels 0..255 are given to the model as 0..1; a range, mean or std changes that');
  }
}

/** Sizes other than 1, which say what a shape is about. */
function core(shape: readonly number[]): string {
  return shape.filter((size) => size !== 1).join(',');
}

/** How many samples an array holds, or the reason why it fits the input in no way. */
function sampleCount(array: NdArray, input: TensorDetails, file: string): number {
  const perSample = elementCount(input.shape);
  const [first = 1, ...rest] = array.shape;
  const batch = input.shape[0] ?? 1;
  const rows = core(rest) === core(input.shape.slice(1));
  const flat = rest.length <= 1 && elementCount(rest) * batch === perSample;
  if ((rows || flat) && batch > 0 && first % batch === 0) return first / batch;
  if (core(array.shape) === core(input.shape)) return 1;
  throw new OctoliteError(
    'SHAPE_MISMATCH',
    `an array of shape [${array.shape.join(', ')}] does not fit the input's ` +
      `[${input.shape.join(', ')}]`,
    { file, tensorName: input.name, hint: 'samples go along the first dimension' },
  );
}

function arraySource(
  array: NdArray,
  input: TensorDetails,
  file: DataFile,
  options: PreprocessOptions,
  notes: Set<string>,
): Source {
  const count = sampleCount(array, input, file.name);
  const size = elementCount(input.shape) * (array.dtype?.startsWith('complex') ? 2 : 1);
  const part = (index: number): TensorValues => array.data.slice(index * size, (index + 1) * size);
  const isPixels =
    Object.prototype.toString.call(array.data) === '[object Uint8Array]' && array.dtype !== 'bool';
  const takesNumbers = ['float32', 'float16', 'int8', 'uint8', 'int16'].includes(input.dtype);
  if (!isPixels || !takesNumbers) return { count, read: part };
  notePixels(input, options, notes);
  const channels = input.shape[options.layout === 'NCHW' ? 1 : input.shape.length - 1] ?? 1;
  const perChannel = options.mean?.length ?? options.std?.length ?? 1;
  const map = pixelMap(input, perChannel > 1 ? channels : 1, options);
  const plane = options.layout === 'NCHW' ? elementCount(input.shape.slice(2)) : 1;
  return {
    count,
    read: (index) =>
      Float32Array.from(part(index) as Uint8Array, (value, i) =>
        map(value, perChannel > 1 ? Math.floor(i / plane) % channels : 0),
      ),
  };
}

function arraysSource(
  arrays: ReadonlyMap<string, NdArray>,
  inputs: readonly TensorDetails[],
  file: DataFile,
  options: PreprocessOptions,
  notes: Set<string>,
): Source {
  const sources = inputs.map((input): [string, Source] => {
    const array = arrays.get(input.name);
    if (!array) {
      badFile(
        file.name,
        `there is no array for the input '${input.name}'`,
        `the archive has ${[...arrays.keys()].join(', ')}`,
      );
    }
    return [input.name, arraySource(array, input, file, options, notes)];
  });
  const counts = new Set(sources.map(([, { count }]) => count));
  if (counts.size > 1) {
    badFile(file.name, `the arrays hold different numbers of samples: ${[...counts].join(', ')}`);
  }
  return {
    count: sources[0]?.[1].count ?? 0,
    async read(index) {
      const entries: [string, TensorInput][] = [];
      for (const [name, { read }] of sources) {
        entries.push([name, (await read(index)) as TensorInput]);
      }
      return Object.fromEntries(entries);
    },
  };
}

async function soundSource(
  bytes: Uint8Array,
  input: TensorDetails,
  { name }: DataFile,
  { sampleRate, decodeSound: decoder }: DatasetOptions,
  notes: Set<string>,
): Promise<Source> {
  let samples: Float32Array;
  if (isWav(bytes) && sampleRate === undefined) {
    const sound = parseWav(bytes, name);
    samples = mixDown(sound);
    notes.add(`sound is given to the model at its own ${sound.sampleRate} Hz; a rate changes that`);
  } else {
    samples = await decodeSound(bytes, { sampleRate, file: name, decoder });
  }
  const size = elementCount(input.shape);
  const count = Math.floor(samples.length / size);
  if (count === 0) {
    throw new OctoliteError(
      'SHAPE_MISMATCH',
      `the sound has ${samples.length} samples where the input takes ${size}`,
      { file: name, tensorName: input.name },
    );
  }
  return { count, read: (index) => samples.slice(index * size, (index + 1) * size) };
}

/**
 * Reads the class of each sample from .npy, .npz with one array, idx, csv with one column or text
 * with a number a line.
 * @throws OctoliteError BAD_DATA_FILE.
 */
export async function readLabels(
  file: DataFile,
  { skip = 0, limit = Infinity }: Pick<DatasetOptions, 'skip' | 'limit'> = {},
): Promise<Int32Array> {
  const bytes = await contentOf(file);
  let array: NdArray;
  if (isZip(bytes)) {
    const arrays = [...(await parseNpz(bytes, file.name)).values()];
    if (arrays.length !== 1) badFile(file.name, 'labels are one array');
    array = arrays[0]!;
  } else if (isNpy(bytes)) {
    array = parseNpy(bytes, file.name);
  } else {
    array = isIdx(bytes) ? parseIdx(bytes, file.name) : parseText(bytes, file.name);
  }
  if (array.shape.filter((size) => size !== 1).length > 1) {
    badFile(file.name, `labels of shape [${array.shape.join(', ')}]`, 'give one class a sample');
  }
  if (!isTypedArray(array.data) || array.dtype?.startsWith('complex')) {
    badFile(file.name, 'labels are numbers');
  }
  const labels = Array.from(array.data as ArrayLike<number | bigint>, Number);
  const bad = labels.findIndex((label) => !Number.isInteger(label) || label < 0);
  if (bad >= 0) badFile(file.name, `label ${bad} is ${labels[bad]}, which is not a class`);
  return Int32Array.from(labels.slice(skip, skip + limit));
}

/** What a file that holds a single array says. */
export async function readArray(file: DataFile): Promise<NdArray> {
  const bytes = await contentOf(file);
  if (isNpy(bytes)) return parseNpy(bytes, file.name);
  return isIdx(bytes) ? parseIdx(bytes, file.name) : parseText(bytes, file.name);
}
